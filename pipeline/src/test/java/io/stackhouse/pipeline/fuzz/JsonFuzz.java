package io.stackhouse.pipeline.fuzz;

import io.stackhouse.pipeline.Signal;
import java.util.Arrays;

/** Any bytes as OTLP/JSON; the first one says of which signal. */
public final class JsonFuzz {
    private JsonFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            Signal signal = (input[0] & 1) == 0 ? Signal.PROFILES : Signal.TRACES;
            JsonRules.check(signal, Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
