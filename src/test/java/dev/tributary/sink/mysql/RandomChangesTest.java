package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a source does to its tables, in whatever batches it arrives, the target ends up the same. */
class RandomChangesTest {
    private TargetFixture target;

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    /** A source's table and the changes that make it what it is. */
    private static final class Model {
        final SourceRows source;
        final List<List<@Nullable String>> rows = new ArrayList<>();
        final boolean unique;
        final Random random;
        private int number;

        Model(SourceRows source, boolean unique, Random random) {
            this.source = source;
            this.unique = unique;
            this.random = random;
        }

        /** One random transaction. */
        void change(List<ChangeRecord> changes) {
            switch (random.nextInt(rows.isEmpty() ? 1 : 5)) {
                case 0 -> insert(changes);
                case 1 -> remove(random.nextInt(rows.size()), changes);
                case 2 -> update(random.nextInt(rows.size()), fresh(), changes);
                case 3 -> {
                    int at = random.nextInt(rows.size());
                    update(at, Arrays.asList(rows.get(at).get(0), fresh().get(1), "n" + number++), changes);
                }
                default -> swap(changes);
            }
        }

        private void insert(List<ChangeRecord> changes) {
            List<@Nullable String> row = fresh();
            if (isFree(row, -1)) {
                rows.add(row);
                changes.add(new ChangeRecord(source.schema, Operation.CREATE, null, image(row)));
            }
        }

        private void remove(int at, List<ChangeRecord> changes) {
            changes.add(new ChangeRecord(source.schema, Operation.DELETE, image(rows.remove(at)), null));
        }

        private void update(int at, List<@Nullable String> to, List<ChangeRecord> changes) {
            if (isFree(to, at)) {
                changes.add(new ChangeRecord(source.schema, Operation.UPDATE, image(rows.get(at)), image(to)));
                rows.set(at, to);
            }
        }

        /** Two rows exchange their second column, by way of NULL. */
        private void swap(List<ChangeRecord> changes) {
            int one = random.nextInt(rows.size());
            int other = random.nextInt(rows.size());
            if (one == other) {
                return;
            }
            List<@Nullable String> first = rows.get(one);
            List<@Nullable String> second = rows.get(other);
            update(one, Arrays.asList(first.get(0), null, first.get(2)), changes);
            update(other, Arrays.asList(second.get(0), first.get(1), second.get(2)), changes);
            update(one, Arrays.asList(first.get(0), second.get(1), first.get(2)), changes);
        }

        private List<@Nullable String> fresh() {
            // few different ones, so that they meet
            String second = random.nextInt(5) == 0 ? null : String.valueOf(random.nextInt(40));
            return Arrays.asList(String.valueOf(random.nextInt(30)), second, "n" + random.nextInt(3));
        }

        private boolean isFree(List<@Nullable String> row, int except) {
            if (source.schema.key().isEmpty()) {
                return true;
            }
            for (int i = 0; i < rows.size(); i++) {
                boolean sameKey = String.valueOf(rows.get(i).get(0)).equals(row.get(0));
                boolean sameUnique = unique
                        && row.get(1) != null
                        && row.get(1).equals(rows.get(i).get(1));
                if (i != except && (sameKey || sameUnique)) {
                    return false;
                }
            }
            return true;
        }

        private Row image(List<@Nullable String> row) {
            return source.row(row.toArray());
        }
    }

    private static SourceRows table(String name, int key, String more) {
        String create = "CREATE TABLE `" + name + "` (`a` int NOT NULL, `b` int, `c` varchar(20)" + more + ")";
        return new SourceRows(name, key, create, "a int", "b int", "c varchar(20)");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theTargetBecomesTheSource(long seed) throws Exception {
        Random random = new Random(seed);
        List<Model> models = List.of(
                new Model(table("keyed", 1, ", PRIMARY KEY (`a`)"), false, random),
                new Model(table("doubly", 1, ", PRIMARY KEY (`a`), UNIQUE KEY (`b`)"), true, random),
                new Model(table("keyless", 0, ""), false, random));
        for (Model model : models) {
            target.prepare(model.source.table);
        }
        long epoch = target.begin();
        List<Uni<Void>> writes = new ArrayList<>();
        for (int batch = 0; batch < 40; batch++) {
            List<ChangeRecord> changes = new ArrayList<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                models.get(random.nextInt(models.size())).change(changes);
            }
            writes.add(target.write(
                    TargetFixture.CHANGES,
                    epoch,
                    TargetFixture.boundary("p" + batch),
                    changes.toArray(ChangeRecord[]::new)));
        }
        for (Uni<Void> write : writes) {
            TargetFixture.await(write);
        }

        Comparator<List<@Nullable String>> order = Comparator.comparing(String::valueOf);
        for (Model model : models) {
            String name = model.source.table.id().name();
            assertThat(target.query("SELECT * FROM " + name).stream()
                            .sorted(order)
                            .toList())
                    .as(name)
                    .isEqualTo(model.rows.stream().sorted(order).toList());
        }
    }
}
