package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Row;
import dev.tributary.record.StreamId;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartialRowsTest {
    private static final String COLUMNS =
            "`id` bigint(20) NOT NULL, `state` enum('new','done') NOT NULL," + " `note` text, `doc` json DEFAULT NULL";
    private final SourceRows keyed = new SourceRows(
            "keyed",
            1,
            "CREATE TABLE `keyed` (" + COLUMNS + ", PRIMARY KEY (`id`))",
            "id bigint(20)",
            "state enum('new','done')",
            "note text",
            "doc json");
    private final SourceRows keyless = new SourceRows(
            "keyless",
            0,
            "CREATE TABLE `keyless` (" + COLUMNS + ")",
            "id bigint(20)",
            "state enum('new','done')",
            "note text",
            "doc json");

    private TargetFixture target;

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    /** Columns are written as a letter each: {@code n} for the note, {@code d} for the document. */
    private static Row partial(Row row, String absent, String expressions) {
        return row.with(new Gaps(columns(absent), columns(expressions)));
    }

    private static BitSet columns(String letters) {
        BitSet columns = new BitSet();
        letters.chars().forEach(letter -> columns.set("isnd".indexOf(letter)));
        return columns;
    }

    private static Row image(SourceRows rows, @Nullable Object... values) {
        return rows.row(values);
    }

    @Test
    void whatAnImageLacksStaysAsItWas() throws Exception {
        target.prepare(keyed.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                keyed.create(1, "new", "long", "{\"a\": 1}"),
                keyed.update(
                        image(keyed, 1, "new", null, null), partial(image(keyed, 1, "done", null, null), "nd", "")),
                keyed.create(2, "new", "short", null),
                keyed.update(image(keyed, 2, "new", null, null), partial(image(keyed, 3, "new", null, "[]"), "n", "")),
                keyed.update(image(keyed, 3, "new", "short", "[]"), image(keyed, 3, "new", "whole", "[]")));

        assertThat(target.rows("keyed"))
                .containsExactly(row("1", "done", "long", "{\"a\": 1}"), row("3", "new", "whole", "[]"));
    }

    @Test
    void aDifferenceIsMadeOnTheDocumentThatIsThere() throws Exception {
        target.prepare(keyed.table, keyless.table);
        long epoch = target.begin();
        String difference = "JSON_SET(JSON_REMOVE(%s, _utf8mb4'$.a'), _utf8mb4'$.\"%s\"', _utf8mb4'\\'?%s')";

        target.apply(
                epoch,
                "p1",
                keyed.create(1, "new", "x", "{\"a\": 1, \"b\": 2}"),
                keyless.create(1, "new", "x", "{\"a\": 1, \"b\": 2}"),
                keyless.create(1, "new", "x", "{\"a\": 1, \"b\": 2}"));
        target.apply(
                epoch,
                "p2",
                keyed.update(
                        image(keyed, 1, "new", "x", "{}"), partial(image(keyed, 1, "new", "x", difference), "", "d")),
                keyless.update(
                        image(keyless, 1, "new", "x", "{\"a\": 1, \"b\": 2}"),
                        partial(image(keyless, 1, "done", "x", difference), "", "d")));

        String changed = "{\"b\": 2, \"%s\": \"'?%s\"}";
        assertThat(target.rows("keyed")).containsExactly(row("1", "new", "x", changed));
        assertThat(target.rows("keyless"))
                .containsExactlyInAnyOrder(
                        row("1", "new", "x", "{\"a\": 1, \"b\": 2}"), row("1", "done", "x", changed));
    }

    @Test
    void aNewRowHasNothingWhereItsImageLacksValues() throws Exception {
        target.prepare(keyed.table, keyless.table);
        // at the source it has none any more: what a default has given is logged
        target.execute("ALTER TABLE keyed MODIFY note TEXT DEFAULT ('default')");
        long epoch = target.begin();
        target.apply(epoch, "p1", keyed.create(1, "new", "of another", "[1]"));

        target.apply(
                epoch,
                "p2",
                keyed.delete(1, "new", "of another", "[1]"),
                new dev.tributary.record.ChangeRecord(
                        keyed.schema,
                        dev.tributary.record.Operation.CREATE,
                        null,
                        partial(image(keyed, 1, "done", null, null), "nd", "")),
                new dev.tributary.record.ChangeRecord(
                        keyless.schema,
                        dev.tributary.record.Operation.CREATE,
                        null,
                        partial(image(keyless, 1, "done", null, "[]"), "n", "")));

        assertThat(target.rows("keyed")).containsExactly(row("1", "done", null, null));
        assertThat(target.rows("keyless")).containsExactly(row("1", "done", null, "[]"));
    }

    @Test
    void anEnumThatHoldsNoneOfItsMembersIsTakenHereToo() throws Exception {
        target.prepare(keyed.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                keyed.create(1, "new", "x", null),
                keyed.update(image(keyed, 1, "new", null, null), partial(image(keyed, 1, "", null, null), "n", "")));

        assertThat(target.rows("keyed")).containsExactly(row("1", "", "x", null));
    }

    @Test
    void aRowThatIsNotThereIsAFailure() throws Exception {
        target.prepare(keyed.table);
        long epoch = target.begin();

        PipelineException failure = failure(target.write(
                TargetFixture.CHANGES,
                epoch,
                boundary("p1"),
                keyed.update(
                        image(keyed, 1, "new", null, null), partial(image(keyed, 1, "done", null, null), "n", ""))));

        assertThat(failure)
                .hasMessageContaining("keyed")
                .hasMessageContaining("is not at the target")
                .extracting(PipelineException::kind)
                .isEqualTo(PipelineException.Kind.FATAL);
        assertThat(target.rows("keyed")).isEmpty();
    }

    /** It will be copied as it is then. */
    @Test
    void aCopyMeetsChangesOfRowsThatAreNotThereYet() throws Exception {
        target.prepare(keyed.table);
        StreamId copy = TargetFixture.part("keyed");
        long epoch = target.begin(copy.part());

        TargetFixture.await(target.write(
                copy,
                epoch,
                boundary("p1"),
                keyed.snapshot(1, "new", "x", null),
                keyed.update(image(keyed, 2, "new", null, null), partial(image(keyed, 2, "done", null, null), "n", "")),
                keyed.update(
                        image(keyed, 1, "new", null, null), partial(image(keyed, 1, "done", null, null), "n", ""))));

        assertThat(target.rows("keyed")).containsExactly(row("1", "done", "x", null));
    }

    @Test
    void whereRowsAreToldApartByOtherColumnsTheyAreRefused() throws Exception {
        TargetFixture others = target.withKeys("keyed=state");
        target.execute("CREATE TABLE keyed (" + COLUMNS + ", UNIQUE KEY (state))");
        others.prepare(keyed.table);
        long epoch = others.begin();

        assertThat(failure(others.write(
                        TargetFixture.CHANGES,
                        epoch,
                        boundary("p1"),
                        keyed.update(
                                image(keyed, 1, "new", null, null),
                                partial(image(keyed, 1, "done", null, null), "n", "")))))
                .hasMessageContaining("keyed")
                .hasMessageContaining("binlog_row_image=FULL");
        others.close();
    }
}
