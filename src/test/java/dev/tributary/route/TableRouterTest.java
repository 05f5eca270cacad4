package dev.tributary.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.route.RoutedBatch.Group;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableRouterTest {
    private static final TableSchema ORDERS = schema("orders");
    private static final TableSchema ORDERS_ALTERED = schema("orders");
    private static final TableSchema ITEMS = schema("items");

    private final TableRouter router = new TableRouter(Optional.empty(), Optional.empty());

    private static TableSchema schema(String name) {
        Column id = new Column("id", "int", StandardCharsets.UTF_8);
        return new TableSchema(new TableId("commerce", name), List.of(id), List.of(0));
    }

    private static ChangeRecord record(TableSchema schema, int id, String... table) {
        Row row = Row.of(String.valueOf(id).getBytes(StandardCharsets.UTF_8));
        Map<String, String> metadata = table.length == 0 ? Map.of() : Map.of("table", table[0]);
        return new ChangeRecord(schema, Operation.CREATE, null, row, metadata);
    }

    private static RoutedBatch route(TableRouter router, ChangeRecord... records) {
        return router.route(new ChangeBatch(
                new StreamId(new ShardId("commerce", "0"), PartId.CHANGES),
                1,
                List.of(records),
                new Mark.Boundary(new Position("p")),
                0,
                0));
    }

    @Test
    void recordsAreGroupedByTableInSourceOrder() {
        ChangeRecord[] records = {record(ORDERS, 1), record(ITEMS, 2), record(ORDERS, 3), record(ITEMS, 4)};

        RoutedBatch routed = route(router, records);

        assertThat(routed.groups())
                .containsExactly(
                        new Group(new TargetTable("orders", List.of("id")), ORDERS, List.of(records[0], records[2])),
                        new Group(new TargetTable("items", List.of("id")), ITEMS, List.of(records[1], records[3])));
    }

    @Test
    void aChangeOfShapeStartsAnotherGroup() {
        ChangeRecord[] records = {record(ORDERS, 1), record(ORDERS_ALTERED, 2), record(ORDERS, 3)};

        RoutedBatch routed = route(router, records);

        assertThat(routed.groups()).hasSize(3);
        assertThat(routed.groups().get(1).schema()).isSameAs(ORDERS_ALTERED);
        assertThat(routed.groups().get(2).records()).containsExactly(records[2]);
    }

    @Test
    void theTableInTheMetadataWinsOverTheSetting() {
        TableRouter set = new TableRouter(Optional.of("all"), Optional.empty());
        ChangeRecord[] records = {
            record(ORDERS, 1), record(ORDERS, 2, "special"), record(ORDERS, 3), record(ORDERS, 4, "all")
        };

        RoutedBatch routed = route(set, records);

        assertThat(routed.groups().stream().map(group -> group.target().name())).containsExactly("all", "special");
        assertThat(routed.groups().get(0).records()).containsExactly(records[0], records[2], records[3]);
        assertThat(routed.groups().get(1).records()).containsExactly(records[1]);
    }

    @Test
    void theCollectionNamesTheTableWhereNoTableIsGiven() {
        TableRouter set = new TableRouter(Optional.of("all"), Optional.empty());
        Row row = Row.of("1".getBytes(StandardCharsets.UTF_8));
        ChangeRecord collection =
                new ChangeRecord(ORDERS, Operation.CREATE, null, row, Map.of("opencdc.collection", "special"));
        ChangeRecord both = new ChangeRecord(
                ORDERS, Operation.CREATE, null, row, Map.of("opencdc.collection", "special", "table", "orders"));
        ChangeRecord neither = new ChangeRecord(ORDERS, Operation.CREATE, null, row, Map.of("opencdc.version", "v1"));

        RoutedBatch routed = route(set, collection, both, neither);

        assertThat(routed.groups().stream().map(group -> group.target().name()))
                .containsExactly("special", "orders", "all");
    }

    @Test
    void sourceTablesThatShareATargetKeepTheirOrder() {
        TableRouter set = new TableRouter(Optional.of("all"), Optional.empty());
        ChangeRecord[] records = {record(ORDERS, 1), record(ITEMS, 1), record(ORDERS, 1)};

        assertThat(route(set, records).groups().stream().map(Group::schema)).containsExactly(ORDERS, ITEMS, ORDERS);
    }

    @Test
    void keysAreTheSourcesUnlessSetForTheTarget() {
        TableRouter set = new TableRouter(Optional.empty(), Optional.of("orders = tenant, id ; x=y;"));

        RoutedBatch routed = route(set, record(ORDERS, 1), record(ITEMS, 1), record(ITEMS, 1, "x"));

        assertThat(routed.groups().stream().map(group -> group.target().keyColumns()))
                .containsExactly(List.of("tenant", "id"), List.of("id"), List.of("y"));
        assertThat(set.targetOf(new SourceTable(ORDERS.table(), List.of("id"), "")))
                .isEqualTo(new TargetTable("orders", List.of("tenant", "id")));
        assertThat(set.targetOf(new SourceTable(ITEMS.table(), List.of(), "")))
                .isEqualTo(new TargetTable("items", List.of()));
    }

    @Test
    void malformedKeysNameTheSetting() {
        for (String text :
                List.of("orders", "=id", "orders=", "orders=a,,b", "orders=a;;x=b", "orders=a;orders=b", "t=a,A")) {
            PipelineException wrong = catchThrowableOfType(
                    PipelineException.class, () -> new TableRouter(Optional.empty(), Optional.of(text)));
            assertThat(wrong).as(text).hasMessageStartingWith("TRIBUTARY_KEY_COLUMNS: ");
            assertThat(wrong.kind()).isEqualTo(Kind.SETTING);
        }
    }

    @Test
    void oneTargetForManySourceTablesIsAWrongSetting() {
        TableRouter set = new TableRouter(Optional.of("all"), Optional.empty());
        SourceTable orders = new SourceTable(ORDERS.table(), List.of("id"), "");
        SourceTable items = new SourceTable(ITEMS.table(), List.of("id"), "");

        assertThat(set.targetsOf(List.of(orders))).containsEntry(orders, new TargetTable("all", List.of("id")));
        assertThatThrownBy(() -> set.targetsOf(List.of(orders, items)))
                .isInstanceOf(PipelineException.class)
                .hasMessageStartingWith("TRIBUTARY_TABLE: ");
        assertThat(router.targetsOf(List.of(orders, items))).hasSize(2);
    }
}
