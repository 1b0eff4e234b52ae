package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.stackhouse.pipeline.testing.FuzzInputs;
import io.stackhouse.pipeline.testing.FuzzInputs.Input;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The target keeps its rules on every seed, and on what once broke it. */
class FuzzRegressionTest {
    @ParameterizedTest
    @MethodSource("inputs")
    void keepsTheRulesForProcessContexts(Input input) {
        assertThatCode(() -> ProcessContextFuzz.fuzzerTestOneInput(input.bytes()))
                .doesNotThrowAnyException();
    }

    static List<Input> inputs() {
        return FuzzInputs.of(ProcessContextFuzz.class);
    }
}
