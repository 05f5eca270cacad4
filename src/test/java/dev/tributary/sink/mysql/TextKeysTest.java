package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows whose keys are text, which is compared by collation and maybe by its beginning only. */
class TextKeysTest {
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
    void keysThatAreEqualOnlyToTheCollationAreTheSourcesBusiness() throws Exception {
        SourceRows words = new SourceRows(
                "words",
                1,
                "CREATE TABLE `words` (`w` varchar(20) NOT NULL, `n` int, PRIMARY KEY (`w`)) DEFAULT CHARSET=utf8mb4",
                "w varchar(20)",
                "n int");
        target.prepare(words.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", words.create("a", 1), words.create("b", 2));

        target.apply(
                epoch,
                "p2",
                words.update(words.row("a", 1), words.row("A", 1)),
                words.delete("b", 2),
                words.create("B", 3));

        assertThat(target.rows("words")).containsExactly(row("A", "1"), row("B", "3"));
    }

    @Test
    void deletesFindTheirRowsThroughAnIndexOnText() throws Exception {
        for (String charset : List.of("utf8mb4", "cp932")) {
            SourceRows words = new SourceRows(
                    "words_" + charset,
                    2,
                    "CREATE TABLE `words_" + charset
                            + "` (`w` varchar(20) NOT NULL, `id` int NOT NULL, PRIMARY KEY (`w`, `id`))"
                            + " DEFAULT CHARSET=" + charset,
                    "w varchar(20) " + charset,
                    "id int");
            target.prepare(words.table);
            long epoch = target.begin();
            List<ChangeRecord> records = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                records.add(words.create("word " + i, i));
            }
            target.apply(epoch, "p1", records.toArray(ChangeRecord[]::new));
            target.execute("ANALYZE TABLE words_" + charset);
            long before = target.rowsScanned();

            target.apply(epoch, "p2", words.delete("word 7", 7), words.delete("word 8", 8), words.delete("word 9", 9));

            assertThat(target.rowsScanned() - before).isLessThan(1500);
            assertThat(target.query("SELECT COUNT(*) FROM words_" + charset)).containsExactly(row("2997"));
        }
    }

    @Test
    void partsOfAKeyInOtherCharsetsAreFound() throws Exception {
        SourceRows kinds = new SourceRows(
                "kinds",
                3,
                "CREATE TABLE `kinds` (`e` enum('a','\u00e9') CHARACTER SET latin1, `w` varchar(20) CHARACTER SET latin1,"
                        + " `id` int, PRIMARY KEY (`e`, `w`, `id`))",
                "e enum",
                "w varchar(20)",
                "id int");
        target.prepare(kinds.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", kinds.create("\u00e9", "\u00fc", 1), kinds.create("a", "\u00fc", 2));

        target.apply(epoch, "p2", kinds.delete("\u00e9", "\u00fc", 1));

        assertThat(target.query("SELECT id FROM kinds")).containsExactly(row("2"));
    }

    @Test
    void rowsAreToldApartByTheBeginningOfTheirKeyAsTheSourceDoes() throws Exception {
        SourceRows names = new SourceRows(
                "names",
                1,
                "CREATE TABLE `names` (\n  `w` varchar(50) COLLATE utf8mb4_0900_ai_ci NOT NULL,\n  `n` int,\n"
                        + "  PRIMARY KEY (`w`(3))\n)",
                "w varchar(50) utf8mb4",
                "n int");
        target.prepare(names.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", names.create("abc1", 1), names.create("abd1", 2), names.create("x", 3));

        target.apply(
                epoch,
                "p2",
                names.update(names.row("abc1", 1), names.row("ABC2", 1)),
                names.delete("abd1", 2),
                names.create("abd2", 4));
        target.apply(
                epoch,
                "p3",
                names.update(names.row("ABC2", 1), names.row("free", 1)),
                names.update(names.row("abd2", 4), names.row("abc3", 4)),
                names.update(names.row("free", 1), names.row("abd3", 1)));

        assertThat(target.rows("names")).containsExactly(row("abc3", "4"), row("abd3", "1"), row("x", "3"));
    }

    @Test
    void aKeyOfWhichTheBeginningTellsRowsApartIsFoundByItsBytes() throws Exception {
        SourceRows names = new SourceRows(
                "names",
                1,
                "CREATE TABLE `names` (\n  `w` varchar(50) COLLATE utf8mb4_0900_ai_ci NOT NULL,\n  PRIMARY KEY (`w`(1))\n)",
                "w varchar(50) utf8mb4");
        target.prepare(names.table);
        long epoch = target.begin();
        // equal in this collation, and their first letters are not
        target.apply(epoch, "p1", names.create("ss"), names.create("\u00df"));

        target.apply(epoch, "p2", names.delete("ss"));

        assertThat(target.query("SELECT w FROM names")).containsExactly(row("\u00df"));
    }

    @Test
    void aTargetThatComparesAnotherPartOfAKeyIsRefused() throws Exception {
        SourceRows names = new SourceRows(
                "names",
                1,
                "CREATE TABLE `names` (\n  `w` varchar(50) NOT NULL,\n  PRIMARY KEY (`w`(10))\n)",
                "w varchar(50)");
        for (String key : List.of("PRIMARY KEY (w)", "PRIMARY KEY (w(5))")) {
            target.execute("DROP TABLE IF EXISTS names", "CREATE TABLE names (w varchar(50) NOT NULL, " + key + ")");

            PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(names.table))));

            assertThat(refusal).hasMessageContaining("table names").hasMessageContaining("(w(10))");
        }
        target.execute("DROP TABLE names", "CREATE TABLE names (w varchar(50) NOT NULL, PRIMARY KEY (w(10)))");
        target.prepare(names.table);
    }
}
