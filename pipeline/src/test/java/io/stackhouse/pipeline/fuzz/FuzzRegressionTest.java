package io.stackhouse.pipeline.fuzz;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.stackhouse.pipeline.testing.FuzzInputs;
import io.stackhouse.pipeline.testing.FuzzInputs.Input;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The targets keep their rules on every seed, and on what once broke them. */
class FuzzRegressionTest {
    @ParameterizedTest
    @MethodSource("profiles")
    void keepsTheRulesForProfiles(Input input) {
        assertThatCode(() -> ProfilesDecoderFuzz.fuzzerTestOneInput(input.bytes()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("profileShapes")
    void keepsTheRulesForProfilesOfAChosenShape(Input input) {
        assertThatCode(() -> ProfilesShapeFuzz.fuzzerTestOneInput(input.bytes()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("traces")
    void keepsTheRulesForTraces(Input input) {
        assertThatCode(() -> TracesDecoderFuzz.fuzzerTestOneInput(input.bytes()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("json")
    void keepsTheRulesForJson(Input input) {
        assertThatCode(() -> JsonFuzz.fuzzerTestOneInput(input.bytes())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("jsonShapes")
    void keepsTheRulesForJsonOfAChosenShape(Input input) {
        assertThatCode(() -> JsonShapeFuzz.fuzzerTestOneInput(input.bytes())).doesNotThrowAnyException();
    }

    static List<Input> json() {
        return FuzzInputs.of(JsonFuzz.class);
    }

    static List<Input> jsonShapes() {
        return FuzzInputs.of(JsonShapeFuzz.class);
    }

    static List<Input> profiles() {
        return FuzzInputs.of(ProfilesDecoderFuzz.class);
    }

    static List<Input> profileShapes() {
        return FuzzInputs.of(ProfilesShapeFuzz.class);
    }

    static List<Input> traces() {
        return FuzzInputs.of(TracesDecoderFuzz.class);
    }
}
