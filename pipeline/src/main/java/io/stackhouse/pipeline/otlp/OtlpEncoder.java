package io.stackhouse.pipeline.otlp;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import java.util.List;

/**
 * Encodes a batch as the export request of its signal, with all that it holds; {@link OtlpDecoder} reads the same back. The batch is
 * only read, so that several destinations may do so at once. Stateless; any thread. It needs about twice the request's length.
 */
public final class OtlpEncoder {
    /** The development version that profiles are written in. */
    public static final int PROFILES_VERSION = 1;

    private OtlpEncoder() {}

    /** The bytes of an ExportProfilesServiceRequest or ExportTraceServiceRequest. */
    public static byte[] encode(Batch batch) {
        return batch instanceof ProfileBatch profiles
                ? new ProfileBatchEncoder(profiles).encode()
                : spans(((SpanBatch) batch).groups());
    }

    private static byte[] spans(List<SpanGroup> groups) {
        WireWriter request = new WireWriter(16384);
        WireWriter resourceSpans = new WireWriter(4096);
        int i = 0;
        while (i < groups.size()) {
            Resource resource = groups.get(i).resource();
            resourceSpans.clear();
            AnyValueWriter.resource(resourceSpans, resource);
            while (i < groups.size() && groups.get(i).resource() == resource) {
                resourceSpans.messageField(2, scopeSpans(groups.get(i)));
                i++;
            }
            resourceSpans.stringField(3, resource.schemaUrl());
            request.messageField(1, resourceSpans);
        }
        return request.toByteArray();
    }

    private static WireWriter scopeSpans(SpanGroup group) {
        WireWriter out = new WireWriter(4096);
        AnyValueWriter.scope(out, group.scope());
        for (Span span : group.spans()) {
            out.bytesField(2, span.toByteArray());
        }
        out.stringField(3, group.scope().schemaUrl());
        return out;
    }
}
