package dev.tributary.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.SqlConnection;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class HeldShardTest {
    private static final ShardId SHARD = new ShardId("commerce", "0");

    @Test
    void aClaimThatWaitsTooLongSaysWhoHoldsTheShard() throws Exception {
        MySqlServer server = SharedServers.mysql();
        server.execute("CREATE DATABASE IF NOT EXISTS held");
        Vertx vertx = Vertx.vertx();
        MySQLConnectOptions options = new MySQLConnectOptions()
                .setHost("127.0.0.1")
                .setPort(server.port())
                .setUser("root")
                .setDatabase("held");
        MySqlCheckpoints checkpoints = new MySqlCheckpoints(
                "",
                "default",
                new Lease("test", "", Duration.ofSeconds(10)),
                new MySqlCheckpoints.Connections() {
                    @Override
                    public <T> Future<T> use(Function<SqlConnection, Future<T>> work) {
                        return MySQLConnection.connect(vertx, options)
                                .compose(connection -> connection
                                        .query("SET autocommit = 0")
                                        .execute()
                                        .compose(set -> work.apply(connection))
                                        .eventually(() -> connection.close()));
                    }

                    @Override
                    public <T> Future<T> useKept(Duration limit, Function<SqlConnection, Future<T>> work) {
                        return use(work);
                    }
                },
                Duration.ofSeconds(1));
        checkpoints.open().await().indefinitely();
        checkpoints.claim(SHARD).await().indefinitely();
        try (Connection holder = server.connect("held");
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT * FROM tributary_checkpoint FOR UPDATE");

            PipelineException held = catchThrowableOfType(
                    PipelineException.class,
                    () -> checkpoints.claim(SHARD).await().indefinitely());

            assertThat(held.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(held).hasMessageContaining("commerce/0").hasMessageContaining("another process holds it");
            holder.rollback();
        }
        assertThat(checkpoints.claim(SHARD).await().indefinitely().epoch()).isEqualTo(2);
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
