package io.stackhouse.agent.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpSenderConfigTest {
    @Test
    void takesPortAndTransportFromTheEndpoint() {
        OtlpSenderConfig plain = OtlpSenderConfig.of("localhost:14317");
        assertThat(plain.host()).isEqualTo("localhost");
        assertThat(plain.port()).isEqualTo(14317);
        assertThat(plain.isTls()).isFalse();
        OtlpSenderConfig tls = OtlpSenderConfig.of("HTTPS://collector.example");
        assertThat(tls.port()).isEqualTo(4317);
        assertThat(tls.isTls()).isTrue();
        assertThat(OtlpSenderConfig.of("http://[::1]:4317").host()).isEqualTo("[::1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://x:1", "http://", "http:// x", "unix:///run/x"})
    void refusesWhatIsNoEndpoint(String endpoint) {
        assertThatThrownBy(() -> OtlpSenderConfig.of(endpoint))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://host:port");
    }
}
