package io.stackhouse.exporter.clickhouse;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.batch.Totals;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the examples of docs/sql.md are asked of: the service shop in version 1.7 from 8 to 9 o'clock and 1.8 from 9 to 10, whose JSON parser
 * has become slow; mail, which parses JSON too; and nightly, whose rows were sampled. Spans of shop's endpoint, of which two are slow. And orders,
 * with two endpoints, spans below them, and samples in both.
 */
final class SqlPageData {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long START = Instant.parse("2026-01-31T08:00:00Z").getEpochSecond() * SECOND;
    private static final long MINUTE = 60 * SECOND;
    private static final long PERIOD = 10 * MILLI;
    private static final ValueType CPU = new ValueType("cpu", "nanoseconds");
    private static final ValueType OFF_CPU = new ValueType("off_cpu", "nanoseconds");
    private static final int SPANS = 200;
    private static final int ORDERS = 60;
    private static final long ORDERS_TRACE = 0x0de5L;
    private static final long NIGHTLY_THRESHOLD = 400 * MILLI;

    private SqlPageData() {}

    static List<Batch> batches() {
        List<Batch> batches = new ArrayList<>();
        for (int minute = 0; minute < 120; minute++) {
            batches.add(shop(minute));
        }
        for (int minute = 0; minute < 120; minute += 10) {
            batches.add(mail(minute));
            batches.add(nightly(minute));
        }
        batches.add(spans());
        for (int request = 0; request < ORDERS; request++) {
            batches.add(orderSamples(request));
            batches.add(orderSpans(request));
        }
        return batches;
    }

    private static Resource resource(String service, String version) {
        Attributes attributes = new Attributes();
        attributes.put("service.name", service);
        attributes.put("service.version", version);
        attributes.put("deployment.environment.name", "prod");
        return new Resource(attributes, "");
    }

    /** A batch whose frames are told as {@code function file:line}. */
    private static final class Making {
        final Profiles profiles = new Profiles();
        final long time;
        private final int resource;

        Making(String service, String version, int minute) {
            time = START + minute * MINUTE;
            resource = profiles.resource(resource(service, version));
        }

        int profile(ValueType type) {
            boolean isCpu = type.equals(CPU);
            return profiles.profile(new ProfileHeader(
                    resource,
                    TestBatches.scope(),
                    type,
                    type,
                    isCpu ? CPU : ValueType.NONE,
                    isCpu ? PERIOD : 0,
                    time,
                    MINUTE,
                    new byte[0],
                    0,
                    OriginalPayload.NONE,
                    new int[0]));
        }

        int stack(String... leafFirst) {
            int[] locations = new int[leafFirst.length];
            for (int i = 0; i < locations.length; i++) {
                String[] frame = leafFirst[i].split("[ :]", -1);
                int function = profiles.function(frame[0], "", frame[1], 0);
                locations[i] =
                        profiles.location(0, 0, List.of(new Profiles.Line(function, Long.parseLong(frame[2]), 0)));
            }
            return profiles.stack(locations);
        }

        void add(int profile, int stack, long milliseconds) {
            profiles.row(profiles.sample(profile, stack, 0), milliseconds * MILLI, 0);
        }

        ProfileBatch build() {
            return profiles.build(time + MINUTE);
        }
    }

    private static ProfileBatch shop(int minute) {
        boolean isNew = minute >= 60;
        Making making = new Making("shop", isNew ? "1.8" : "1.7", minute);
        int cpu = making.profile(CPU);
        int offCpu = making.profile(OFF_CPU);
        String[] top = {"handle Server.java:88", "main Main.java:9"};
        int parse = isNew
                ? making.stack("match Regex.java:77", "parseJson Json.java:45", "readCart Cart.java:17", top[0], top[1])
                : making.stack("parseJson Json.java:42", "readCart Cart.java:17", top[0], top[1]);
        int query = making.stack("query Db.java:120", "readCart Cart.java:21", top[0], top[1]);
        int zip = making.stack("gzip Zip.java:7", "write Server.java:101", top[0], top[1]);
        int wait =
                making.stack("park LockSupport.java:211", "query Db.java:124", "readCart Cart.java:21", top[0], top[1]);
        making.add(cpu, parse, isNew ? 9_000 : 3_000);
        making.add(cpu, query, 2_000 + minute % 3 * 500L);
        making.add(cpu, zip, 1_500);
        making.add(offCpu, wait, 30_000);
        addSpansOf(making, minute, new int[] {cpu, offCpu}, new int[] {parse, query, wait});
        return making.build();
    }

    /** Samples inside of the spans of this minute; the slow spans wait for the database. */
    private static void addSpansOf(Making making, int minute, int[] profiles, int[] stacks) {
        for (int span = 0; span < SPANS; span++) {
            if (60 + span % 60 == minute) {
                int link = making.profiles.link(0x5e71L, span + 1, span + 1);
                long time = spanStart(span) + MILLI;
                int cpuSample = making.profiles.sample(profiles[0], stacks[span % 2], link);
                making.profiles.row(cpuSample, PERIOD, time);
                making.profiles.row(cpuSample, PERIOD, time + PERIOD);
                if (isSlow(span)) {
                    making.profiles.row(
                            making.profiles.sample(profiles[1], stacks[2], link), 800 * MILLI, time + 3 * PERIOD);
                }
            }
        }
    }

    private static boolean isSlow(int span) {
        return span == 77 || span == 140;
    }

    private static long spanStart(int span) {
        return START + (60 + span % 60) * MINUTE + span / 60 * 10L * SECOND;
    }

    private static ProfileBatch mail(int minute) {
        Making making = new Making("mail", "2.0", minute);
        int cpu = making.profile(CPU);
        making.add(cpu, making.stack("render Template.java:30", "send Mail.java:12", "main Mail.java:3"), 4_000);
        making.add(cpu, making.stack("parseJson Json.java:42", "send Mail.java:10", "main Mail.java:3"), 250);
        return making.build();
    }

    /** 40 rows of 10 to 400 ms, of which those below the threshold are kept by lot; the sums are those of before. */
    private static ProfileBatch nightly(int minute) {
        Making making = new Making("nightly", "1.0", minute);
        int cpu = making.profile(CPU);
        int[] stacks = {
            making.stack("sum Report.java:50", "main Report.java:5"),
            making.stack("sort Report.java:61", "main Report.java:5"),
            making.stack("print Report.java:70", "main Report.java:5")
        };
        long sum = 0;
        for (int i = 0; i < 40; i++) {
            long milliseconds = 10L * (1 + i);
            sum += milliseconds * MILLI;
            making.add(cpu, stacks[i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0], milliseconds);
        }
        ProfileBatch batch = making.build();
        // A made lot, the same each time: a row of 100 ms is kept in one case of four.
        batch.sampleRows((rows, row) -> {
            long lot = (row * 7_919L + minute * 104_729L) % 1_000;
            return rows.rowValue(row) * 1_000 >= lot * NIGHTLY_THRESHOLD ? NIGHTLY_THRESHOLD : -1;
        });
        batch.setTotals(
                List.of(new Totals(0, TestBatches.scope(), CPU, making.time, MINUTE, sum, 40, batch.rowCount())));
        return batch;
    }

    private static SpanBatch spans() {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < SPANS; i++) {
            long durationMillis = isSlow(i) ? 900 : 20 + i % 40;
            spans.add(Span.newBuilder()
                    .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16)
                            .putLong(0x5e71L)
                            .putLong(i + 1L)
                            .array()))
                    .setSpanId(ByteString.copyFrom(
                            ByteBuffer.allocate(8).putLong(i + 1L).array()))
                    .setName("GET /cart")
                    .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                    .setStartTimeUnixNano(spanStart(i))
                    .setEndTimeUnixNano(spanStart(i) + durationMillis * MILLI)
                    .build());
        }
        return new SpanBatch(
                List.of(new SpanGroup(resource("shop", "1.8"), TestBatches.scope(), spans)), START + 120 * MINUTE);
    }

    private static String ordersVersion(int request) {
        return request < ORDERS / 2 ? "3.1" : "3.2";
    }

    private static boolean isRead(int request) {
        return request % 3 == 0;
    }

    /** Two minutes for each request: in version 3.2 an order is validated for longer. */
    private static ProfileBatch orderSamples(int request) {
        Making making = new Making("orders", ordersVersion(request), 2 * request);
        int cpu = making.profile(CPU);
        int offCpu = making.profile(OFF_CPU);
        int own = making.profiles.link(ORDERS_TRACE, request + 1, 2L * request + 1);
        int below = making.profiles.link(ORDERS_TRACE, request + 1, 2L * request + 2);
        String[] top = {"serve Http.java:60", "main Orders.java:8"};
        if (isRead(request)) {
            inSpan(making, cpu, making.stack("toJson Json.java:33", "read Orders.java:21", top[0], top[1]), own, 1);
        } else {
            int samples = ordersVersion(request).equals("3.1") ? 2 : 5;
            inSpan(
                    making,
                    cpu,
                    making.stack("validate Rules.java:71", "post Orders.java:30", top[0], top[1]),
                    own,
                    samples);
            inSpan(making, cpu, making.stack("encode Wire.java:12", "insert Db.java:44", top[0], top[1]), below, 1);
            inSpan(making, offCpu, making.stack("read Socket.java:9", "insert Db.java:47", top[0], top[1]), below, 3);
        }
        return making.build();
    }

    private static void inSpan(Making making, int profile, int stack, int link, int samples) {
        int sample = making.profiles.sample(profile, stack, link);
        for (int i = 0; i < samples; i++) {
            making.profiles.row(sample, PERIOD, making.time + MILLI + i * PERIOD);
        }
    }

    /** The request, and below it, when it writes, the statement. */
    private static SpanBatch orderSpans(int request) {
        long start = START + 2L * request * MINUTE;
        List<Span> spans = new ArrayList<>();
        spans.add(orderSpan(
                        request,
                        1,
                        isRead(request) ? "GET /orders/{id}" : "POST /orders",
                        start,
                        isRead(request) ? 15 : 110)
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .build());
        if (!isRead(request)) {
            spans.add(orderSpan(request, 2, "INSERT orders", start + 60 * MILLI, 45)
                    .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
                    .setParentSpanId(spans.get(0).getSpanId())
                    .build());
        }
        return new SpanBatch(
                List.of(new SpanGroup(resource("orders", ordersVersion(request)), TestBatches.scope(), spans)),
                start + MINUTE);
    }

    private static Span.Builder orderSpan(int request, int number, String name, long start, long millis) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(ORDERS_TRACE)
                        .putLong(request + 1L)
                        .array()))
                .setSpanId(ByteString.copyFrom(
                        ByteBuffer.allocate(8).putLong(2L * request + number).array()))
                .setName(name)
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + millis * MILLI);
    }
}
