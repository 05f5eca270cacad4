package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnTypeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "int(11)                | bigint(20)              | true",
                "bigint(20)             | int(11)                 | false",
                "int(11)                | int(10) unsigned        | false",
                "int(10) unsigned       | bigint(20)              | true",
                "int(10) unsigned       | int(11)                 | false",
                "int(5)                 | int                     | true",
                "int(5) zerofill        | bigint(5) zerofill      | false",
                "varchar(20)            | varchar(200)            | true",
                "varchar(20)            | varchar(10)             | false",
                "varchar(20)            | char(20)                | false",
                "varchar(20)            | text                    | true",
                "varchar(20000)         | text                    | false",
                "char(3)                | varchar(3)              | true",
                "text                   | longtext                | true",
                "mediumblob             | blob                    | false",
                "blob                   | longtext                | false",
                "decimal(10,2)          | decimal(12,4)           | true",
                "decimal(10,2)          | decimal(12,5)           | false",
                "decimal(10,2)          | decimal(10,1)           | false",
                "datetime               | datetime(6)             | true",
                "datetime               | timestamp               | false",
                "enum('a','b')          | enum('a','b','c')       | true",
                "enum('a','b')          | enum('b','a','c')       | false",
                "set('a')               | set('a','b')            | true",
                "float                  | double                  | false",
                "binary(3)              | binary(4)               | false",
                "json                   | json                    | true",
            })
    void widensWhereEveryValueStaysWhatItIs(String from, String to, boolean widens) {
        assertThat(AlteredType.of(from).widensTo(AlteredType.of(to))).isEqualTo(widens);
    }
}
