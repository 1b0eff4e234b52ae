package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.sample.BtfStructs;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextLayoutTest {
    @ParameterizedTest
    @ValueSource(strings = {"stackhouse-x86_64.bpf.o", "stackhouse-arm64.bpf.o"})
    void agreesWithTheCompiledObject(String object) throws IOException {
        BtfStructs structs;
        try (InputStream in = BpfSampleSource.class.getResourceAsStream(object)) {
            structs = BtfStructs.read(in.readAllBytes());
        }

        assertThat(structs.size("sh_context_place")).isEqualTo(ContextLayout.BYTES);
        assertThat(structs.members("sh_context_place"))
                .isEqualTo(Map.of(
                        "start_boottime", ContextLayout.START_BOOTTIME,
                        "exec_id", ContextLayout.EXEC_ID,
                        "offset", ContextLayout.OFFSET,
                        "module", ContextLayout.MODULE,
                        "vector", ContextLayout.VECTOR,
                        "slots", ContextLayout.SLOTS,
                        "slot_bytes", ContextLayout.SLOT_BYTES,
                        "unused", ContextLayout.SLOT_BYTES + Integer.BYTES));
    }
}
