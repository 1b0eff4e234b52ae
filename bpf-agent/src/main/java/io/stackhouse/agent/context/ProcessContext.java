package io.stackhouse.agent.context;

import java.util.List;
import java.util.Map;

/**
 * What a process published about itself (OTEP 4719). Immutable. Threads: any.
 *
 * @param resource attributes in their order; values are String, Long, Boolean, or EncodedValue for all other kinds
 * @param threadSchema how threads publish contexts ({@code threadlocal.schema_version}); empty if they don't
 * @param threadKeys names of the attributes of threads, by their index
 */
record ProcessContext(Map<String, Object> resource, String threadSchema, List<String> threadKeys) {
    /** Whether threads publish contexts by a thread-local variable, in a layout that is known here. */
    boolean hasThreadVariable() {
        return threadSchema.equals("tlsdesc_v1_dev") || threadSchema.equals("tls_v1");
    }
}
