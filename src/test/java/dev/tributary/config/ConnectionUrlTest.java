package dev.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionUrlTest {
    @Test
    void hasEveryPart() {
        ConnectionUrl url = parse("MySQL://app:secret@db.example:3307/replica?tls=verify&connections=8");

        assertThat(url.setting()).isEqualTo("TRIBUTARY_SINK");
        assertThat(url.scheme()).isEqualTo("mysql");
        assertThat(url.user()).hasValue("app");
        assertThat(url.password()).hasValue("secret");
        assertThat(url.host()).isEqualTo("db.example");
        assertThat(url.port(3306)).isEqualTo(3307);
        assertThat(url.path()).isEqualTo("replica");
        assertThat(url.parameter("tls")).hasValue("verify");
        assertThat(url.number("connections", 4, 1, 256)).isEqualTo(8);
    }

    @Test
    void whatIsAbsentHasAFallback() {
        ConnectionUrl url = parse("mysql://db/replica");

        assertThat(url.user()).isEmpty();
        assertThat(url.password()).isEmpty();
        assertThat(url.port(3306)).isEqualTo(3306);
        assertThat(url.parameter("tls")).isEmpty();
        assertThat(url.flag("snapshot", true)).isTrue();
        assertThat(url.number("connections", 4, 1, 256)).isEqualTo(4);
        assertThat(url.list("tables")).isEmpty();
    }

    @Test
    void percentEncodingIsDecodedAndAPlusStaysAPlus() {
        ConnectionUrl url = parse("mysql://a%40b:p%2Fw%3A+%25%C3%A4@db/my%20db?ca=%2Fetc%2Fca+1.pem");

        assertThat(url.user()).hasValue("a@b");
        assertThat(url.password()).hasValue("p/w:+%ä");
        assertThat(url.path()).isEqualTo("my db");
        assertThat(url.parameter("ca")).hasValue("/etc/ca+1.pem");
    }

    @Test
    void aPasswordMayHoldColons() {
        assertThat(parse("mysql://app:a:b@db/x").password()).hasValue("a:b");
    }

    @Test
    void thePasswordSettingWins() {
        assertThat(ConnectionUrl.parse("TRIBUTARY_SINK", "mysql://app:a@db/x", Optional.of("b"))
                        .password())
                .hasValue("b");
    }

    @Test
    void hostsMayBeAddressesAndNamesWithUnderscores() {
        assertThat(parse("mysql://[::1]:3306/x").host()).isEqualTo("::1");
        assertThat(parse("mysql://10.0.0.1/x").host()).isEqualTo("10.0.0.1");
        assertThat(parse("mysql://app:secret@my_db:3307/x").host()).isEqualTo("my_db");
        assertThat(parse("mysql://app:secret@my_db:3307/x").port(3306)).isEqualTo(3307);
    }

    @Test
    void flagsAndListsAreRead() {
        ConnectionUrl url = parse("vitess://g/k?a=on&b=0&tables=x,%20y");

        assertThat(url.flag("a", false)).isTrue();
        assertThat(url.flag("b", true)).isFalse();
        assertThat(url.list("tables")).containsExactly("x", "y");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            mysql://app:se cret@db/x   | not a URL (Illegal character in authority at character 14); percent-encode special characters in user and password
            db:3306/x                  | expected scheme://[user:password@]host[:port]/name[?name=value&…]
            mysql://db:70000/x         | port 70000 is not a number from 1 to 65535
            mysql:///x                 | expected scheme://[user:password@]host[:port]/name[?name=value&…]
            mysql://db/x?tls           | parameter 1 after the question mark is not name=value
            mysql://db/x?tls=a&        | parameter 2 after the question mark is not name=value
            mysql://db/x?tls=a&tls=b   | parameter 'tls' is given twice
            """)
    void whatIsNoUrlIsSaidWithTheSetting(String url, String message) {
        assertThatThrownBy(() -> parse(url))
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        wrong -> assertThat(wrong.kind()).isEqualTo(Kind.SETTING))
                .hasMessage("TRIBUTARY_SINK: " + message);
    }

    @Test
    void wrongPartsAreSaidWithTheSetting() {
        assertThatThrownBy(() -> parse("mysql://db").path())
                .hasMessage("TRIBUTARY_SINK: expected one name after the host, as in mysql://db/name");
        assertThatThrownBy(() -> parse("mysql://db/a/b").path())
                .hasMessage("TRIBUTARY_SINK: expected one name after the host, as in mysql://db/name");
        assertThatThrownBy(() -> parse("mysql://db/x?n=0").number("n", 1, 1, 9))
                .hasMessage("TRIBUTARY_SINK: parameter 'n' is a number from 1 to 9, not '0'");
        assertThatThrownBy(() -> parse("mysql://db/x?n=a").number("n", 1, 1, 9))
                .hasMessage("TRIBUTARY_SINK: parameter 'n' is a number from 1 to 9, not 'a'");
        assertThatThrownBy(() -> parse("mysql://db/x?f=maybe").flag("f", true))
                .hasMessage("TRIBUTARY_SINK: parameter 'f' is true or false, not 'maybe'");
        assertThatThrownBy(() -> parse("mysql://db/x?tsl=1").allowOnly(Set.of("tls", "ca")))
                .hasMessage("TRIBUTARY_SINK: unknown parameter 'tsl'; known are ca, tls");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://app:s3cret@db:3306/replica",
                "mysql://app:s3cret^@db:3306/replica",
                "mysql://app:s3cret%@db/replica",
                "mysql://app:s3cret@/replica",
                "mysql://app:s3cret@db:port/replica",
                "mysql:app:s3cret@db/replica",
                "mysql://app:s3cret@db/replica?=x",
                "mysql://app:s3cret@my_db:33o6/replica",
                "mysql://app:s3cret/1@db/replica"
            })
    void aPasswordIsNeverShown(String text) {
        try {
            assertThat(parse(text).toString()).doesNotContain("s3cret");
        } catch (PipelineException e) {
            assertThat(e).hasMessageNotContaining("s3cret").hasNoCause();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://app:/hunter2@db:3306/replica",
                "mysql://app:?hunter2@db/replica",
                "mysql://app:#hunter2@db/replica",
                "mysql://app:12/hunter2@db/replica",
                "mysql://app:12345?hunter2@db/replica",
                "mysql://app:70000/hunter2@db/replica",
                "mysql://app:1#hunter2@db/replica",
                "mysql://app:/hunter2=1&a@db/replica",
                "mysql://app:?hunter2=1&hunter2=2@db/replica",
                "mysql://app:?&hunter2=@db/replica",
                "mysql://app/hunter2:x@db/replica"
            })
    void aPasswordThatEndsTheAuthorityIsRefusedUnseen(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        wrong -> assertThat(wrong.kind()).isEqualTo(Kind.SETTING))
                .hasNoCause()
                .hasMessage(
                        "TRIBUTARY_SINK: special characters in user and password must be percent-encoded, as must an"
                                + " '@' anywhere but before the host");
    }

    @Test
    void anEncodedAtIsOneAnywhere() {
        ConnectionUrl url = parse("vitess://a%40b:c%40d@g/k%40primary?target=%40replica");

        assertThat(url.path()).isEqualTo("k@primary");
        assertThat(url.parameter("target")).hasValue("@replica");
    }

    private static ConnectionUrl parse(String url) {
        return ConnectionUrl.parse("TRIBUTARY_SINK", url, Optional.empty());
    }
}
