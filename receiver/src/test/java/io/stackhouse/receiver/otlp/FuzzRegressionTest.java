package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.stackhouse.pipeline.testing.FuzzInputs;
import io.stackhouse.pipeline.testing.FuzzInputs.Input;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The targets keep their rules on every seed, and on what once broke them. */
class FuzzRegressionTest {
    @ParameterizedTest
    @MethodSource("http1")
    void keepsTheRulesForAnyBytesOnAConnection(Input input) {
        assertThatCode(() -> Http1Fuzz.fuzzerTestOneInput(input.bytes())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("http2")
    void keepsTheRulesForFramesOfHttp2(Input input) {
        assertThatCode(() -> Http2Fuzz.fuzzerTestOneInput(input.bytes())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("compressed")
    void keepsTheRulesForCompressedBodies(Input input) {
        assertThatCode(() -> DecompressionFuzz.fuzzerTestOneInput(input.bytes()))
                .doesNotThrowAnyException();
    }

    static List<Input> compressed() {
        return FuzzInputs.of(DecompressionFuzz.class);
    }

    static List<Input> http1() {
        return FuzzInputs.of(Http1Fuzz.class);
    }

    static List<Input> http2() {
        return FuzzInputs.of(Http2Fuzz.class);
    }
}
