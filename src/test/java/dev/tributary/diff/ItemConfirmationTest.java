package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import io.vertx.core.Future;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Items that change while they are looked at. */
class ItemConfirmationTest {
    private static final List<Value> KEY = List.of(new Value.Text("k"));

    private int writes;

    /** One item, of which each look shows a number. */
    private record Looked(IntSupplier number) implements ItemEnd {
        @Override
        public long estimate() {
            return 1;
        }

        @Override
        public int servers() {
            return 1;
        }

        @Override
        public <A> Future<List<A>> scan(Supplier<A> fresh, BiConsumer<A, Item> add) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Map<List<Value>, Item>> read(Collection<List<Value>> keys) {
            Value value = Value.number(BigDecimal.valueOf(number.getAsInt()));
            return Future.succeededFuture(Map.of(KEY, new Item(KEY, new TreeMap<>(Map.of("n", value)))));
        }
    }

    private TableReport settled(IntSupplier source, IntSupplier target) {
        ItemPair pair = new ItemPair(
                "t", "t", List.of(), List.of("id"), new Looked(source), new Looked(target), UnaryOperator.identity());
        ItemFindings findings = new ItemFindings(10);
        Future<Void> done = new ItemConfirmation(pair, Future::succeededFuture, findings, 1).settle(List.of(KEY));
        assertThat(done.succeeded()).isTrue();
        return findings.report(pair);
    }

    @Test
    void anItemThatIsThereAsItWasBeforeIsNotDifferent() {
        // written before each look: the target shows what the source did a moment ago
        assertThat(settled(() -> ++writes, () -> writes).lines()).containsExactly("t: 0 rows, equal");
    }

    @Test
    void anItemThatChangesEachTimeCanNotBeTold() {
        assertThat(settled(() -> ++writes, () -> -1).lines())
                .containsExactly("t: could not tell: 1 rows changed each time they were looked at");
    }

    @Test
    void anItemThatDiffersIsDifferent() {
        assertThat(settled(() -> 1, () -> 2).lines()).containsExactly("t: 1 differ (1 changed)", "  changed id='k': n");
    }
}
