package io.stackhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.kernel.Capability;
import io.stackhouse.agent.testing.ReadmeTables;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

class ReadmeTest {
    private static final Path README = Path.of("README.md");

    @Test
    void namesEveryOption() throws Exception {
        Set<String> options = new TreeSet<>();
        for (OptionSpec option :
                AgentMain.commandLine(new AgentMain()).getCommandSpec().options()) {
            options.add(option.longestName());
        }

        assertThat(ReadmeTables.firstColumn(README, "Option")).isEqualTo(options);
    }

    @Test
    void namesEveryCapability() throws Exception {
        Set<String> capabilities = new TreeSet<>();
        Arrays.stream(Capability.values()).forEach(capability -> capabilities.add(capability.name()));

        assertThat(ReadmeTables.firstColumn(README, "Capability")).isEqualTo(capabilities);
    }
}
