package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.PipelineException;
import dev.tributary.source.dynamodb.DynamoDbAddress.Period;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamoDbAddressTest {
    private static DynamoDbAddress of(String url) {
        return DynamoDbAddress.of(ConnectionUrl.parse("TRIBUTARY_SOURCE", url, Optional.empty()));
    }

    @Test
    void nothingButRegionAndTableHasToBeSaid() {
        DynamoDbAddress address = of("dynamodb://eu-central-1/orders");

        assertThat(address.region()).isEqualTo("eu-central-1");
        assertThat(address.tables()).containsExactly("orders");
        assertThat(address.endpoint()).isEmpty();
        assertThat(address.service().sessionToken()).isEmpty();
        assertThat(address.service().role()).isEmpty();
        assertThat(address.snapshot()).isTrue();
        assertThat(address.enableStream()).isTrue();
        assertThat(address.consistent()).isTrue();
        assertThat(address.segments()).isZero();
        assertThat(address.readCapacity()).isZero();
        assertThat(address.form()).isEqualTo(TableShape.Form.COLUMNS);
        assertThat(address.plainDocuments()).isFalse();
        assertThat(address.records()).isEqualTo(new Period(Duration.ofMillis(200), Duration.ofSeconds(1)));
        assertThat(address.discovery()).isEqualTo(new Period(Duration.ofSeconds(10), Duration.ofMinutes(1)));
    }

    @Test
    void everythingCanBeSaid() {
        DynamoDbAddress address =
                of("dynamodb://AKIA:se%2Fcret@us-east-1/orders,Customers.v2?endpoint=http://localhost:8000"
                        + "&session_token=t%2Bx&role=arn:aws:iam::1:role/reader&snapshot=false&enable_stream=false"
                        + "&consistent=false&segments=9&read_capacity=500&item=json&json=plain&records_poll=100ms"
                        + "&discovery_poll=2m");

        assertThat(address.tables()).containsExactly("orders", "Customers.v2");
        assertThat(address.endpoint()).hasValue(URI.create("http://localhost:8000"));
        assertThat(address.url().user()).hasValue("AKIA");
        assertThat(address.url().password()).hasValue("se/cret");
        assertThat(address.service().sessionToken()).hasValue("t+x");
        assertThat(address.service().role()).hasValue("arn:aws:iam::1:role/reader");
        assertThat(address.snapshot()).isFalse();
        assertThat(address.enableStream()).isFalse();
        assertThat(address.consistent()).isFalse();
        assertThat(address.segments()).isEqualTo(9);
        assertThat(address.readCapacity()).isEqualTo(500);
        assertThat(address.form()).isEqualTo(TableShape.Form.DOCUMENT);
        assertThat(address.plainDocuments()).isTrue();
        assertThat(address.records()).isEqualTo(new Period(Duration.ofMillis(100), Duration.ofMillis(100)));
        assertThat(address.discovery()).isEqualTo(new Period(Duration.ofMinutes(2), Duration.ofMinutes(2)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dynamodb://key@us-east-1/orders                  | access key id and secret access key go together
            dynamodb://us-east-1/orders?session_token=x      | parameter 'session_token' goes with an access key
            dynamodb://us-east-1:8000/orders                 | a region has no port
            dynamodb://us-east-1/                            | expected one name after the host
            dynamodb://us-east-1/orders,,items               | '' is no name of a DynamoDB table
            dynamodb://us-east-1/orders?endpoint=localhost   | parameter 'endpoint' is an address such as
            dynamodb://us-east-1/orders?records_poll=1h      | parameter 'records_poll' is a duration such as 500ms
            dynamodb://us-east-1/orders?records_poll=0s      | parameter 'records_poll' is a duration such as 500ms
            dynamodb://us-east-1/orders?records_poll_min=2s&records_poll=1s | parameter 'records_poll_min' is longer than
            dynamodb://us-east-1/orders?discovery_poll_max=61m | parameter 'discovery_poll_max' is 60m at most
            dynamodb://us-east-1/orders?discovery_poll=3601s | parameter 'discovery_poll' is 60m at most
            dynamodb://us-east-1/orders?json=xml             | parameter 'json' is typed or plain
            """)
    void whatIsWrongIsSaid(String url, String said) {
        assertThatThrownBy(() -> of(url))
                .isInstanceOf(PipelineException.class)
                .hasMessageStartingWith("TRIBUTARY_SOURCE: " + said);
    }

    @Test
    void shardsMayBeListedOnceInAnHour() {
        assertThat(of("dynamodb://us-east-1/orders?discovery_poll_max=60m").discovery())
                .isEqualTo(new Period(Duration.ofSeconds(10), Duration.ofHours(1)));
    }

    @Test
    void intoDynamoDbAnItemIsNothingElse() {
        ConnectionUrl plain = ConnectionUrl.parse("TRIBUTARY_SOURCE", "dynamodb://us-east-1/orders", Optional.empty());
        ConnectionUrl json =
                ConnectionUrl.parse("TRIBUTARY_SOURCE", "dynamodb://us-east-1/orders?json=plain", Optional.empty());

        assertThat(DynamoDbAddress.of(plain, true).form()).isEqualTo(TableShape.Form.ITEM);
        assertThatThrownBy(() -> DynamoDbAddress.of(json, true))
                .hasMessageContaining("parameter 'json' is for targets with");
    }
}
