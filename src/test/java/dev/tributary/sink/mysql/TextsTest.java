package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Text in any charset arrives byte by byte, and is found again. */
class TextsTest {
    private TargetFixture target;

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void everyByteOfMySqlsLatin1Arrives() throws Exception {
        SourceRows letters = new SourceRows(
                "letters",
                1,
                "CREATE TABLE `letters` (`id` int NOT NULL PRIMARY KEY, `l` varchar(300) CHARACTER SET latin1)",
                "id int",
                "l varchar(300) latin1");
        target.prepare(letters.table);
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }

        target.apply(target.begin(), "p1", letters.create(1, all));

        assertThat(target.query("SELECT HEX(l) FROM letters"))
                .containsExactly(row(java.util.HexFormat.of().withUpperCase().formatHex(all)));
    }

    @Test
    void anEnumThatIsNoneOfItsMembersStaysSo() throws Exception {
        String columns = " (`id` int NOT NULL, `e` enum('a','b') NOT NULL, `d` enum('','a'), `n` tinyint";
        SourceRows keyed = new SourceRows(
                "keyed",
                1,
                "CREATE TABLE `keyed`" + columns + ", PRIMARY KEY (`id`))",
                "id int",
                "e enum",
                "d enum",
                "n tinyint");
        SourceRows keyless = new SourceRows(
                "keyless", 0, "CREATE TABLE `keyless`" + columns + ")", "id int", "e enum", "d enum", "n tinyint");
        target.prepare(keyed.table, keyless.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                keyed.create(1, "a", "", 1),
                keyed.create(2, "", "", 2),
                keyed.create(3, "b", "a", 3),
                keyless.create(1, "", "", 1),
                keyless.create(1, "", "", 1),
                keyless.create(1, "a", "", 1));
        target.apply(
                epoch,
                "p2",
                keyed.update(keyed.row(1, "a", "", 1), keyed.row(1, "", "a", 1)),
                keyed.update(keyed.row(2, "", "", 2), keyed.row(2, "b", "", 2)),
                keyless.delete(1, "", "", 1));

        assertThat(target.query("SELECT id, CAST(e AS UNSIGNED), CAST(d AS UNSIGNED) FROM keyed ORDER BY id"))
                .containsExactly(row("1", "0", "2"), row("2", "2", "1"), row("3", "2", "2"));
        assertThat(target.query("SELECT CAST(e AS UNSIGNED), CAST(d AS UNSIGNED) FROM keyless ORDER BY 1"))
                .containsExactly(row("0", "1"), row("1", "1"));
        // what does not fit is an error again
        var refusal = TargetFixture.failure(target.write(
                TargetFixture.CHANGES, epoch, TargetFixture.boundary("p3"), keyed.create(4, "a", "", 999)));
        assertThat(refusal).hasMessageContaining("table keyed");
    }

    @Test
    void textOfAColumnsOwnCharsetArrivesByteByByte() throws Exception {
        SourceRows words = new SourceRows(
                "words",
                1,
                "CREATE TABLE `words` (`k` varchar(20) CHARACTER SET cp932 COLLATE cp932_bin NOT NULL,"
                        + " `a` varchar(20) CHARACTER SET armscii8, `u` varchar(20) CHARACTER SET utf8mb4, PRIMARY KEY (`k`))",
                "k varchar(20) cp932",
                "a varchar(20) armscii8",
                "u varchar(20) utf8mb4");
        SourceRows log = new SourceRows(
                "log", 0, "CREATE TABLE `log` (`k` varchar(20) CHARACTER SET cp932, KEY (`k`))", "k varchar(20) cp932");
        target.prepare(words.table, log.table);
        long epoch = target.begin();
        // two ways to write one character
        byte[] nec = {(byte) 0x87, (byte) 0x90};
        byte[] jis = {(byte) 0x81, (byte) 0xE0};
        byte[] armenian = {(byte) 0xB2, (byte) 0xFE};

        target.apply(
                epoch,
                "p1",
                words.create(nec, armenian, "\ufffd"),
                words.create(jis, armenian, "x"),
                log.create(jis),
                log.create(nec));

        assertThat(target.query("SELECT HEX(k), HEX(a), HEX(u) FROM words ORDER BY k"))
                .containsExactly(row("81E0", "B2FE", "78"), row("8790", "B2FE", "EFBFBD"));
        target.apply(epoch, "p2", words.delete(nec, armenian, "\ufffd"), log.delete(nec));
        assertThat(target.query("SELECT HEX(k) FROM words")).containsExactly(row("81E0"));
        assertThat(target.query("SELECT HEX(k) FROM log")).containsExactly(row("81E0"));
    }

    @Test
    void textThatCanNotBeReadIsNotTakenForAnother() throws Exception {
        SourceRows words = new SourceRows(
                "words",
                1,
                "CREATE TABLE `words` (`id` int PRIMARY KEY, `w` varchar(20) CHARACTER SET utf16)",
                "id int",
                "w varchar(20) utf8mb4");
        target.prepare(words.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", words.create(1, "\ufffd"));

        var refusal = TargetFixture.failure(target.write(
                TargetFixture.CHANGES, epoch, TargetFixture.boundary("p2"), words.create(2, new byte[] {
                    (byte) 0xED, (byte) 0xA0, (byte) 0x80
                })));

        assertThat(refusal).hasMessageContaining("column w").hasMessageContaining("can't be read");
        assertThat(target.query("SELECT id, HEX(w) FROM words")).containsExactly(row("1", "FFFD"));
    }
}
