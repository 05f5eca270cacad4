package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.Position;
import io.vertx.core.json.JsonObject;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VitessPositionTest {
    /** Of most no object is made, and some need to be escaped. */
    @Test
    void whateverIsInAGtidIsJson() {
        IntStream.rangeClosed(0, 0x100).forEach(c -> {
            String gtid = "MySQL56/" + Character.toString(c) + ":1-5";

            Position position = VitessPosition.at(gtid).toPosition();

            assertThat(position.text())
                    .isEqualTo(new JsonObject().put("gtid", gtid).encode());
        });
    }
}
