package io.stackhouse.it;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What Jazzer is let loose on; each is a class with {@code fuzzerTestOneInput} in its module's tests. */
enum FuzzTarget {
    PROFILES("pipeline", "io.stackhouse.pipeline.fuzz.ProfilesDecoderFuzz"),
    PROFILE_SHAPES("pipeline", "io.stackhouse.pipeline.fuzz.ProfilesShapeFuzz"),
    TRACES("pipeline", "io.stackhouse.pipeline.fuzz.TracesDecoderFuzz"),
    JSON("pipeline", "io.stackhouse.pipeline.fuzz.JsonFuzz"),
    JSON_SHAPES("pipeline", "io.stackhouse.pipeline.fuzz.JsonShapeFuzz"),
    HTTP1("receiver", "io.stackhouse.receiver.otlp.Http1Fuzz"),
    HTTP2("receiver", "io.stackhouse.receiver.otlp.Http2Fuzz"),
    DECOMPRESSION("receiver", "io.stackhouse.receiver.otlp.DecompressionFuzz"),
    PROCESS_CONTEXT("bpf-agent", "io.stackhouse.agent.context.ProcessContextFuzz");

    final String module;
    final String className;

    FuzzTarget(String module, String className) {
        this.module = module;
        this.className = className;
    }

    /** The comma-separated targets, all when there are none. */
    static List<FuzzTarget> parse(String names) {
        if (names.isBlank()) {
            return List.of(values());
        }
        return Arrays.stream(names.split(",")).map(FuzzTarget::named).toList();
    }

    private static FuzzTarget named(String name) {
        return Arrays.stream(values())
                .filter(target -> target.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no fuzz target '" + name + "'; there are " + Arrays.toString(values())));
    }

    /** Where its seeds and former findings lie. */
    Path inputs() {
        String simpleName = className.substring(className.lastIndexOf('.') + 1);
        return ProjectFiles.root().resolve(module).resolve("src/test/fuzz").resolve(simpleName);
    }

    /** Words that the fuzzer may weave into its inputs, in libFuzzer's format; not every target has them. */
    Path words() {
        return inputs().resolveSibling(inputs().getFileName() + ".words");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
