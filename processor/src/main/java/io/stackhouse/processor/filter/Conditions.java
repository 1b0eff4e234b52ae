package io.stackhouse.processor.filter;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.processor.filter.FilterConfig.ProfileFilters;
import io.stackhouse.processor.filter.FilterConfig.TraceFilters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles the conditions of a configuration. Each call makes conditions of their own. Stateless. */
final class Conditions {
    private Conditions() {}

    /** @throws IllegalArgumentException that begins with the key, and says which condition is wrong, and where */
    static List<Condition> of(FilterConfig config, Signal signal) {
        List<Condition> out = new ArrayList<>();
        if (signal == Signal.TRACES) {
            add(out, "trace_conditions", config.traceConditions(), signal, "");
            TraceFilters older = config.traces();
            if (older != null) {
                add(out, "traces: resource", older.resource(), signal, "resource");
                add(out, "traces: span", older.span(), signal, "span");
            }
        } else {
            add(out, "profile_conditions", config.profileConditions(), signal, "");
            ProfileFilters older = config.profiles();
            if (older != null) {
                add(out, "profiles: resource", older.resource(), signal, "resource");
                add(out, "profiles: profile", older.profile(), signal, "profile");
            }
        }
        return out;
    }

    private static void add(
            List<Condition> out, String key, @Nullable List<String> texts, Signal signal, String context) {
        if (texts == null) {
            return;
        }
        for (int i = 0; i < texts.size(); i++) {
            try {
                out.add(Parser.parse(texts.get(i), signal, context));
            } catch (ConditionException e) {
                throw new IllegalArgumentException(
                        key + ": condition " + (i + 1) + ", " + e.getMessage() + "; in: " + texts.get(i), e);
            }
        }
    }
}
