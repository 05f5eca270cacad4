package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.servers.SharedServers;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a session waits for its server. */
class SessionTest {
    private Vertx vertx;
    private Session session;

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        Target target = Target.parse(ConnectionUrl.parse(
                "TRIBUTARY_SINK",
                "mysql://root@127.0.0.1:" + SharedServers.mysql().port() + "/mysql?timeout=1",
                Optional.empty()));
        session = await(new Sessions(vertx, target, Duration.ofSeconds(10)).acquire());
    }

    @AfterEach
    void close() throws Exception {
        session.close();
        await(session.ended());
        await(vertx.close());
    }

    @Test
    void manySlowStatementsAreNotASilentServer() throws Exception {
        Outcome outcome = await(session.run(sleeps("0.4", "0.4", "0.4", "0.4", "0.4")));

        assertThat(outcome.failure()).isNull();
        assertThat(session.isEnded()).isFalse();
    }

    @Test
    void aStatementThatIsTooSlowIsGivenUpWhereverItStands() {
        assertThatThrownBy(() -> await(session.run(sleeps("0.4", "0.4", "0.4", "5"))))
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("no answer within 1 s");
        assertThatThrownBy(() -> await(session.query("DO SLEEP(0)"))).isNotNull();
    }

    @Test
    void theTimeBetweenTwoBatchesDoesNotCount() throws Exception {
        await(session.run(sleeps("0.8")));

        assertThat(await(session.run(sleeps("0.8", "0.8"))).failure()).isNull();
    }

    private static List<Statement> sleeps(String... seconds) {
        return Stream.of(seconds)
                .map(each -> new Statement("none", "DO SLEEP(" + each + ")", Tuple.tuple(), Purpose.ROWS))
                .toList();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
