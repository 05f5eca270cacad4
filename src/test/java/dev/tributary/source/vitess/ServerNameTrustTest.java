package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNameTrustTest {
    @ParameterizedTest
    @CsvSource({
        "gate.example.com, gate.example.com, true",
        "Gate.Example.com, gate.example.COM, true",
        "*.example.com, gate.example.com, true",
        "*.EXAMPLE.com, gate.example.com, true",
        "*.example.com, example.com, false",
        "*.example.com, a.gate.example.com, false",
        "*.example.com, .example.com, false",
        "g*.example.com, gate.example.com, false",
        "*.com, example.com, false",
        "*, gate, false",
        "gate.example.com, gate.example.com.evil.org, false",
        "example.com, gate.example.com, false"
    })
    void aNameInACertificateStandsFor(String pattern, String name, boolean covered) {
        assertThat(ServerNameTrust.covers(pattern, name)).isEqualTo(covered);
    }
}
