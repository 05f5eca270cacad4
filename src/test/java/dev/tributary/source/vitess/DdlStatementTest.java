package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DdlStatementTest {
    /** Rows behind it have these columns, whatever becomes of the table later. */
    @Test
    void whatIsRefusedForItsRowsOrItsKeyStillTellsTheColumns() {
        assertThat(altered("alter table orders drop partition p1").after()).isEqualTo(ORDERS.columns());
        assertThat(altered("alter table orders drop primary key, add x int first")
                        .after())
                .extracting(ColumnDefinition::name)
                .startsWith("x");
        assertThat(altered("alter table orders convert to character set latin1").after())
                .isEmpty();
    }

    private static final SourceTable ORDERS = new SourceTable(new TableId("commerce", "orders"), List.of("id"), """
            CREATE TABLE `orders` (
              `id` bigint(20) NOT NULL AUTO_INCREMENT,
              `name` varchar(20) COLLATE utf8mb4_bin DEFAULT 'a, (b''',
              `price` decimal(10,2) unsigned NOT NULL /*!80023 INVISIBLE */ COMMENT 'x, y',
              `size` enum('S','m, l') DEFAULT NULL,
              PRIMARY KEY (`id`),
              UNIQUE KEY `named` (`name`),
              CONSTRAINT `c` CHECK ((`id` > 0))
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4""");
    private static final Map<String, SourceTable> FOLLOWED = Map.of("orders", ORDERS);

    private static Altered altered(String sql) {
        return (Altered) DdlStatement.read(sql, FOLLOWED).tables().getFirst();
    }

    @Test
    void columnsAreReadOutOfACreateTable() {
        assertThat(ORDERS.columns()).extracting(ColumnDefinition::name).containsExactly("id", "name", "price", "size");
        assertThat(ORDERS.columns())
                .extracting(ColumnDefinition::type)
                .containsExactly("bigint(20)", "varchar(20)", "decimal(10,2) unsigned", "enum('S','m, l')");
        assertThat(ORDERS.columns()).extracting(ColumnDefinition::isNullable).containsExactly(false, true, false, true);
        assertThat(ORDERS.columns().get(2).says("invisible")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table orders add x int                            | id name price size x",
                "ALTER TABLE `commerce`.`orders` ADD COLUMN `x` int FIRST | x id name price size",
                "alter table orders add column x int not null default 3 after `name`, algorithm=instant"
                        + "| id name x price size",
                "/* by hand */ alter table orders add (x int, y varchar(3) default ','), drop size | id name price x y",
                "alter table orders drop column name                     | id price size",
                "alter table orders rename column name to title          | id title price size",
                "alter table orders change name title varchar(40) after id | id title price size",
                "alter table orders modify size enum('S') first          | size id name price",
                "alter table orders add index i (name), add unique (price), add constraint k check (id > 1)"
                        + "| id name price size",
                "alter table orders alter column name set default 'b'    | id name price size",
                "alter table orders add name varchar(20)                 | id name price size",
                "alter table orders drop missing                         | id name price size",
                "alter table orders rename column missing to name        | id name price size",
            })
    void partsOfAnAlterAreAppliedToTheColumns(String sql, String names) {
        assertThat(altered(sql).after())
                .extracting(ColumnDefinition::name)
                .containsExactly(names.strip().split(" ", -1));
        assertThat(altered(sql).refused()).isEmpty();
    }

    @Test
    void whatIsChangedIsToldWithItsDefinition() {
        Altered changed = altered("alter table orders change `name` `title` varchar(40) NOT NULL after price");

        assertThat(changed.renamed()).isEqualTo(Map.of("name", "title"));
        assertThat(changed.after().get(2)).isEqualTo(new ColumnDefinition("title", "varchar(40) NOT NULL"));
        assertThat(altered("alter table orders drop key named, drop index i").droppedIndexes())
                .containsExactlyInAnyOrder("named", "i");
        assertThat(altered("drop index `named` on commerce.orders").droppedIndexes())
                .containsExactly("named");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table orders drop primary key, add primary key (id, name)",
                "alter table orders add x int primary key",
                "alter table orders rename column id to no",
                "alter table orders drop id",
                "alter table orders drop size, add column Size enum('S','m, l')",
                "alter table orders add column Size enum('S','m, l'), drop size",
                "alter table orders rename column name to price, rename column price to name",
                "alter table orders change name price int, change price name varchar(20)",
                "alter table orders drop partition p1",
                "alter table orders truncate partition p1",
                "alter table orders convert to character set latin1",
                "rename table orders to old, other to orders",
            })
    void whatCanNotBeFollowedIsSaid(String sql) {
        DdlStatement read = DdlStatement.read(sql, FOLLOWED);

        assertThat(read.tables())
                .singleElement()
                .isInstanceOfSatisfying(
                        Altered.class, altered -> assertThat(altered.refused()).isPresent());
    }

    @Test
    void truncateAndDropAreTold() {
        assertThat(DdlStatement.read("truncate `orders`", FOLLOWED).tables()).containsExactly(new Truncated("orders"));
        assertThat(DdlStatement.read("TRUNCATE TABLE commerce.orders;", FOLLOWED)
                        .tables())
                .containsExactly(new Truncated("orders"));
        assertThat(DdlStatement.read("DROP TABLE IF EXISTS `other`, `orders` /* generated by server */", FOLLOWED)
                        .tables())
                .containsExactly(new Dropped("orders"));
        assertThat(DdlStatement.read("drop temporary table orders", FOLLOWED).tables())
                .isEmpty();
    }

    @Test
    void aRenamedTableIsGoneAndAnotherIsMade() {
        for (String sql :
                List.of("rename table orders to commerce.purchases", "alter table orders rename to purchases")) {
            DdlStatement renamed = DdlStatement.read(sql, FOLLOWED);
            assertThat(renamed.tables()).containsExactly(new Dropped("orders"));
            assertThat(renamed.made()).containsExactly("purchases");
        }
        assertThat(DdlStatement.read("create table if not exists t2 like orders", FOLLOWED)
                        .made())
                .containsExactly("t2");
        assertThat(DdlStatement.read("create table orders (id int)", FOLLOWED).made())
                .isEmpty();
    }

    @Test
    void aSchemaChangesOwnSwapIsAnAlterWhoseColumnsAreNotTold() {
        String shadow = "_vt_vrp_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_";
        DdlStatement swap = DdlStatement.read(
                "RENAME TABLE `orders` TO `_vt_hld_a`, `" + shadow + "` TO `orders`, `_vt_hld_a` TO `" + shadow + "`",
                FOLLOWED);

        assertThat(swap.tables()).singleElement().isInstanceOfSatisfying(Altered.class, altered -> {
            assertThat(altered.before()).isEqualTo(ORDERS.columns());
            assertThat(altered.after()).isEmpty();
            assertThat(altered.refused()).isEmpty();
        });
        assertThat(swap.made()).containsExactly(shadow);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index i on orders (name)",
                "create view v as select * from orders",
                "analyze table orders",
                "alter table other add x int",
                "alter database commerce character set latin1",
                "create temporary table orders2 (id int)",
            })
    void theRestIsNothing(String sql) {
        DdlStatement read = DdlStatement.read(sql, FOLLOWED);

        assertThat(read.tables()).isEmpty();
        assertThat(read.made()).isEmpty();
    }
}
