package dev.tributary.servers;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What all tablets of a cluster are made from. */
record VitessMachine(
        VitessTools tools,
        MySqlInstallation installation,
        MySqlTemplate template,
        Topology topology,
        Vtctld vtctld,
        WorkDirectory work,
        VitessSettings settings,
        AtomicInteger nextTablet) {

    private static final int FIRST_TABLET = 100;

    private static final String DATA_PRIVILEGES =
            "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, FILE, REFERENCES, INDEX, ALTER,"
                    + " SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE,"
                    + " REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT,"
                    + " TRIGGER";

    /** The users that a vttablet connects as. */
    private static final List<String> USERS = List.of(
            "CREATE USER 'vt_dba'@'localhost'",
            "GRANT ALL ON *.* TO 'vt_dba'@'localhost' WITH GRANT OPTION",
            "CREATE USER 'vt_app'@'localhost', 'vt_allprivs'@'localhost', 'vt_filtered'@'localhost',"
                    + " 'vt_appdebug'@'localhost'",
            "GRANT " + DATA_PRIVILEGES + " ON *.* TO 'vt_app'@'localhost', 'vt_allprivs'@'localhost',"
                    + " 'vt_filtered'@'localhost', 'vt_appdebug'@'localhost'",
            "CREATE USER 'vt_repl'@'%'",
            "GRANT REPLICATION SLAVE ON *.* TO 'vt_repl'@'%'");

    static VitessMachine prepare(VitessSettings settings, WorkDirectory work) {
        VitessTools tools = VitessTools.find();
        MySqlInstallation installation = MySqlInstallation.find();
        Topology topology = new Topology(tools, work);
        return new VitessMachine(
                tools,
                installation,
                MySqlTemplate.with(installation, USERS),
                topology,
                new Vtctld(tools, topology, work),
                work,
                settings,
                new AtomicInteger(FIRST_TABLET));
    }

    Vtctl vtctl() {
        return Vtctl.through(tools, vtctld.grpcPort());
    }
}
