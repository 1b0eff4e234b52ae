package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import io.stackhouse.exporter.testing.RecordingReceipt;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.batch.TenantAttribute;
import io.stackhouse.pipeline.batch.Totals;
import io.stackhouse.pipeline.identity.FrameAttributes;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.identity.StackHasher;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored for profiles and spans, read back with other eyes. */
class ClickHouseExporterIT {
    private static final long SECOND = 1_000_000_000L;
    private final long now = Instant.now().getEpochSecond() * SECOND + 123_456_789;

    @TempDir
    static Path data;

    private static TestClickHouse clickHouse;

    @BeforeAll
    static void start() {
        assumeTrue(EmbeddedClickHouse.isAvailable());
        clickHouse = new TestClickHouse(data);
    }

    @AfterAll
    static void stop() {
        if (clickHouse != null) {
            clickHouse.close();
        }
    }

    private static void export(String database, Batch... batches) {
        try (ClickHouseExporter exporter =
                new ClickHouseExporter(clickHouse.config(database), Telemetry.none(), null)) {
            exporter.start();
            for (Batch batch : batches) {
                RecordingReceipt receipt = new RecordingReceipt();
                batch.setReceipt(receipt);
                exporter.accept(batch);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(receipt.calls).containsExactly(RecordingReceipt.DELIVERED));
            }
        }
    }

    private static String text(long unixNanos) {
        return LocalDateTime.ofEpochSecond(unixNanos / SECOND, (int) (unixNanos % SECOND), ZoneOffset.UTC)
                .format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSSSS"));
    }

    private static Resource shop() {
        Attributes attributes = new Attributes();
        attributes.put("service.name", "shop");
        attributes.put("service.namespace", "web");
        attributes.put("service.version", "1.2");
        attributes.put("deployment.environment.name", "prod");
        attributes.put("process.pid", 42);
        return new Resource(attributes, "https://example.org/schema");
    }

    @Test
    void storesASampleFieldByField() {
        Profiles profiles = new Profiles();
        Attributes scopeAttributes = new Attributes();
        scopeAttributes.put("lib", "x");
        Scope scope = new Scope("profiler", "0.9", scopeAttributes, "scope-schema");
        int resource = profiles.resource(shop());
        int container = profiles.attribute("container", "blue");
        int profile = profiles.profile(new ProfileHeader(
                resource,
                scope,
                TestBatches.CPU,
                new ValueType("samples", "count"),
                new ValueType("wall", "seconds"),
                10,
                now - SECOND,
                SECOND,
                new byte[] {(byte) 0xAB, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                0,
                OriginalPayload.NONE,
                new int[] {container}));
        int stack = profiles.stack(profiles.named("f"));
        int link = profiles.link(0x0102030405060708L, 9, 0xFF);
        int thread = profiles.attribute("thread.name", "worker 1");
        int cpu = profiles.attribute("cpu.logical_number", AttributeValue.of(3));
        profiles.row(profiles.sample(profile, stack, link, thread, cpu), 7, now - 5);
        ProfileBatch batch = profiles.build(now);
        long stackHash = new StackHasher(batch.dictionary()).hash(stack);
        long resourceHash = ResourceHash.of(batch.resource(0), scope);
        export("fields", batch);

        assertThat(clickHouse.lines("SELECT * FROM fields.otel_profiles_samples FORMAT Vertical"))
                .filteredOn(line -> line.contains(": "))
                .map(line -> line.replaceFirst(": +", "="))
                .containsExactly(
                        "Tenant=",
                        "Environment=prod",
                        "ServiceName=shop",
                        "ServiceNamespace=web",
                        "ServiceVersion=1.2",
                        "SampleType=cpu",
                        "SampleUnit=nanoseconds",
                        "OriginalType=samples",
                        "OriginalUnit=count",
                        "PeriodType=wall",
                        "PeriodUnit=seconds",
                        "Period=10",
                        "Timestamp=" + text(now - 5),
                        "ObservedTimestamp=" + text(now),
                        "DurationNano=0",
                        "Value=7",
                        "Count=1",
                        "Threshold=0",
                        "Weight=7",
                        "StackHash=" + Long.toUnsignedString(stackHash),
                        "ResourceHash=" + Long.toUnsignedString(resourceHash),
                        "ThreadName=worker 1",
                        "Attributes={'cpu.logical_number':'3'}",
                        "AttributeTypes=i",
                        "AttributeUnits=",
                        "ProfileAttributes={'container':'blue'}",
                        "ProfileAttributeTypes=",
                        "ProfileAttributeUnits=",
                        "TraceId=01020304050607080000000000000009",
                        "SpanId=00000000000000ff",
                        "ProfileId=ab0102030405060708090a0b0c0d0e0f");
        assertThat(clickHouse.value("SELECT Environment, ServiceName, ServiceNamespace, ServiceVersion, ResourceHash,"
                        + " Month = toStartOfMonth(toDateTime(" + now / SECOND + ", 'UTC')), toUnixTimestamp(LastSeen),"
                        + " ResourceAttributes['process.pid'], ResourceAttributes['service.name'],"
                        + " ResourceAttributeTypes, ResourceSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes,"
                        + " ScopeSchemaUrl FROM fields.otel_profiles_resources"))
                .isEqualTo(String.join(
                        "\t",
                        "prod",
                        "shop",
                        "web",
                        "1.2",
                        Long.toUnsignedString(resourceHash),
                        "1",
                        Long.toString(now / SECOND),
                        "42",
                        "shop",
                        "{'process.pid':'int'}",
                        "https://example.org/schema",
                        "profiler",
                        "0.9",
                        "{'lib':'x'}",
                        "scope-schema"));
    }

    @Test
    void storesAStackLeafFirstWithItsInlinedFunctions() {
        Profiles profiles = new Profiles();
        int mapping = profiles.mapping(
                "/usr/lib/libx.so.1",
                profiles.attribute(FrameAttributes.HTL_HASH, "aa"),
                profiles.attribute(FrameAttributes.GNU_BUILD_ID, "beef"));
        int nativeFrame = profiles.attribute(FrameAttributes.FRAME_TYPE, "native");
        int kernelFrame = profiles.attribute(FrameAttributes.FRAME_TYPE, "kernel");
        int inlined = profiles.function("inner", "_Zinner", "inner.h", 10);
        int outer = profiles.function("outer", "_Zouter", "outer.cc", 20);
        int leaf = profiles.location(
                mapping,
                0x1234,
                List.of(new Profiles.Line(inlined, 12, 3), new Profiles.Line(outer, 25, -1)),
                nativeFrame);
        int nameless = profiles.location(mapping, 0xABCDEF, List.of(), nativeFrame);
        int onlyAddress = profiles.location(0, 0xFFFFFFFF81000000L, List.of(), kernelFrame);
        int onlySystemName = profiles.location(
                0, 0, List.of(new Profiles.Line(profiles.function("", "sys", "", 0), 5_000_000_000L, 0)));
        int nothing = profiles.location(0, 0, List.of(), profiles.attribute("abi", AttributeValue.of(2)));
        int profile = profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("s")), now));
        int stack = profiles.stack(leaf, nameless, onlyAddress, onlySystemName, nothing);
        profiles.row(profiles.sample(profile, stack, 0), 1, 0);
        export("stacks", profiles.build(now));

        assertThat(clickHouse.lines("SELECT * EXCEPT (StackHash, Month, LastSeen) FROM stacks.otel_profiles_stacks"
                        + " FORMAT Vertical"))
                .filteredOn(line -> line.contains(": "))
                .map(line -> line.replaceFirst(": +", "="))
                .containsExactly(
                        "Tenant=",
                        "Environment=",
                        "ServiceName=s",
                        "NamedFrames=3",
                        "Leaf=inner",
                        "Frames=['inner','outer','libx.so.1+0xabcdef','0xffffffff81000000','sys','[unknown]']",
                        "SystemNames=['_Zinner','_Zouter','','','sys','']",
                        "Files=['inner.h','outer.cc','','','','']",
                        "Lines=[12,25,0,0,4294967295,0]",
                        "Columns=[3,0,0,0,0,0]",
                        "StartLines=[10,20,0,0,0,0]",
                        "Addresses=[4660,4660,11259375,18446744071578845184,0,0]",
                        "Mappings=['/usr/lib/libx.so.1','/usr/lib/libx.so.1','/usr/lib/libx.so.1','','','']",
                        "BuildIds=['beef','beef','beef','','','']",
                        "FrameTypes=['native','native','native','kernel','','']",
                        "Inlined=[true,false,false,false,false,false]",
                        "LocationAttributes=['','','','','','{\"abi\":2}']",
                        "MappingAttributes=['{\"process.executable.build_id.htlhash\":\"aa\"}',"
                                + "'{\"process.executable.build_id.htlhash\":\"aa\"}',"
                                + "'{\"process.executable.build_id.htlhash\":\"aa\"}','','','']");
        assertThat(clickHouse.value("SELECT Frames[1], Value FROM stacks.otel_profiles_frames"))
                .isEqualTo("inner\t1");
    }

    @Test
    void keepsTypesAndUnitsOfAttributesAndTheTenant() {
        Profiles profiles = new Profiles();
        Resource tenants = shop();
        tenants.attributes().put(TenantAttribute.KEY, "acme");
        int profile = profiles.profile(TestBatches.header(profiles.resource(tenants), now));
        int plain = profiles.attribute("a", "x");
        int size = profiles.attribute("size", AttributeValue.of(7), "By");
        int flag = profiles.attribute("flag", AttributeValue.of(true));
        int oddThread = profiles.attribute("thread.name", AttributeValue.of(1));
        profiles.row(profiles.sample(profile, 0, 0, plain), 1, now);
        profiles.row(profiles.sample(profile, 0, 0, plain, size, flag), 2, now);
        profiles.row(profiles.sample(profile, 0, 0, size, plain, oddThread), 3, now);
        export("types", profiles.build(now));
        assertThat(clickHouse.lines(
                        "SELECT Tenant, Environment, Attributes, AttributeTypes, AttributeUnits, ThreadName,"
                                + " stackhouseAttributeType(Attributes, AttributeTypes, 'a'),"
                                + " stackhouseAttributeType(Attributes, AttributeTypes, 'size'),"
                                + " stackhouseAttributeType(Attributes, AttributeTypes, 'flag')"
                                + " FROM types.otel_profiles_samples ORDER BY Value"))
                .containsExactly(
                        "acme\tprod\t{'a':'x'}\t\t\t\tstring\t\t",
                        "acme\tprod\t{'a':'x','size':'7','flag':'true'}\tsib\t,By,\t\tstring\tint\tbool",
                        "acme\tprod\t{'size':'7','a':'x','thread.name':'1'}\tisi\tBy,,\t\tstring\tint\t");
    }

    @Test
    void keepsOriginalPayloadsAlsoOfProfilesWithoutRows() {
        Profiles profiles = new Profiles();
        int container = profiles.attribute("container", "blue");
        ProfileHeader plain = TestBatches.header(profiles.resource(shop()), now, container);
        profiles.profile(new ProfileHeader(
                plain.resource(),
                plain.scope(),
                plain.type(),
                plain.originalType(),
                plain.periodType(),
                plain.period(),
                plain.timeUnixNanos(),
                plain.durationNanos(),
                new byte[] {1, 2},
                3,
                new OriginalPayload("jfr", new byte[] {(byte) 0xFF, 0, (byte) 0xFE}),
                plain.attributes()));
        export("payloads", profiles.build(now));
        assertThat(clickHouse.lines("SELECT Environment, ServiceName, Timestamp, ProfileId, ProfileAttributes,"
                        + " DroppedAttributesCount, PayloadFormat, hex(Payload) FROM payloads.otel_profiles_payloads"))
                .containsExactly("prod\tshop\t" + text(now) + "\t0102\t{'container':'blue'}\t3\tjfr\tFF00FE");
        assertThat(clickHouse.value("SELECT count() FROM payloads.otel_profiles_resources"))
                .isEqualTo("1");
    }

    @Test
    void fillsTiersWithWeightsAndTheirVariance() {
        Profiles profiles = new Profiles();
        int profile = profiles.profile(TestBatches.header(profiles.resource(shop()), now));
        int stack = profiles.stack(profiles.named("f"));
        int link = profiles.link(1, 2, 3);
        profiles.row(profiles.sample(profile, stack, 0), 100, now);
        profiles.row(profiles.sample(profile, stack, link), 10, now);
        ProfileBatch sampled = profiles.build(now);
        sampled.sampleRows((batch, row) -> 40);
        export("tiers", sampled, sampled);
        String minute = text(now).substring(0, 16) + ":00";
        assertThat(clickHouse.lines(
                        "SELECT Environment, ServiceName, SampleUnit, Minute, sum(Value), sum(Count), sum(Kept),"
                                + " sum(Variance) FROM tiers.otel_profiles_totals_1m GROUP BY ALL"))
                .containsExactly("prod\tshop\tnanoseconds\t" + minute + "\t280\t4\t4\t2400");
        assertThat(clickHouse.lines("SELECT Hour, sum(Value), sum(Count), sum(Samples), sum(Variance), sum(ByChance),"
                        + " sum(SquaredWeights) FROM tiers.otel_profiles_1h GROUP BY ALL"))
                .containsExactly(text(now).substring(0, 13) + ":00:00\t280\t4\t4\t2400\t80\t23200");
        assertThat(clickHouse.lines("SELECT TraceId, SpanId, Value, Threshold, Weight, count()"
                        + " FROM tiers.otel_profiles_traced GROUP BY ALL"))
                .containsExactly("00000000000000010000000000000002\t0000000000000003\t10\t40\t40\t2");
        assertThat(clickHouse.lines(
                        "SELECT Weight, Value FROM tiers.otel_profiles_samples GROUP BY ALL ORDER BY Value"))
                .containsExactly("40\t10", "100\t100");
    }

    @Test
    void takesTheExactSumsOfBeforeSampling() {
        Profiles profiles = new Profiles();
        int resource = profiles.resource(shop());
        int profile = profiles.profile(TestBatches.header(resource, now));
        profiles.row(profiles.sample(profile, 0, 0), 10, now);
        ProfileBatch some = profiles.build(now);
        long window = now / SECOND / 60 * 60 * SECOND;
        Totals exact = new Totals(resource, TestBatches.scope(), TestBatches.CPU, window, 10 * SECOND, 12_345, 678, 1);
        some.setTotals(List.of(exact));
        Profiles none = new Profiles();
        none.profile(TestBatches.header(none.resource(shop()), now));
        ProfileBatch allDropped = none.build(now);
        allDropped.setTotals(List.of(exact));
        export("totals", some, allDropped);
        assertThat(clickHouse.lines(
                        "SELECT ServiceName, ServiceVersion, sum(Value), sum(Count), sum(Kept), sum(Variance)"
                                + " FROM totals.otel_profiles_totals_1m GROUP BY ALL"))
                .containsExactly("shop\t1.2\t24690\t1356\t2\t0");
        assertThat(clickHouse.value("SELECT count() FROM totals.otel_profiles_samples"))
                .isEqualTo("1");
    }

    @Test
    void answersQueriesMadeForTheCollectorsProfiles() {
        Profiles profiles = new Profiles();
        int profile = profiles.profile(TestBatches.header(profiles.resource(shop()), now - 7));
        int stack = profiles.stack(profiles.named("f"), profiles.named("main"));
        int thread = profiles.attribute("thread.name", "t");
        profiles.row(profiles.sample(profile, stack, 0, thread), 5, now);
        profiles.row(profiles.sample(profile, stack, 0), 6, 0);
        export("compatible", profiles.build(now));
        assertThat(clickHouse.lines("SELECT SampleType, ServiceName, ResourceAttributes['process.pid'], ScopeName,"
                        + " SampleAttributes, FunctionNames, LineNumbers, Values, TimestampsUnixNano, DurationNano, PeriodType"
                        + " FROM compatible.otel_profiles ORDER BY Values"))
                .containsExactly(
                        "cpu\tshop\t42\ttest\t{'thread.name':'t'}\t['f','main']\t[0,0]\t[5]\t[" + now + "]\t0\tcpu",
                        "cpu\tshop\t42\ttest\t{}\t['f','main']\t[0,0]\t[6]\t[]\t10000000000\tcpu");
        assertThat(clickHouse.lines("SELECT name || ' ' || type FROM system.columns"
                        + " WHERE database = 'compatible' AND table = 'otel_profiles' ORDER BY position"))
                .containsExactly(
                        "Timestamp DateTime64(9, \\'UTC\\')",
                        "ProfileId String",
                        "SampleType LowCardinality(String)",
                        "SampleUnit LowCardinality(String)",
                        "ServiceName LowCardinality(String)",
                        "ResourceAttributes Map(LowCardinality(String), String)",
                        "ScopeName LowCardinality(String)",
                        "ScopeVersion LowCardinality(String)",
                        "ProfileAttributes Map(LowCardinality(String), String)",
                        "SampleAttributes Map(LowCardinality(String), String)",
                        "StackHash UInt64",
                        "Addresses Array(UInt64)",
                        "FunctionNames Array(LowCardinality(String))",
                        "FileNames Array(LowCardinality(String))",
                        "LineNumbers Array(Int32)",
                        "MappingFileNames Array(LowCardinality(String))",
                        "Values Array(Int64)",
                        "TimestampsUnixNano Array(UInt64)",
                        "DurationNano UInt64",
                        "Period Int64",
                        "PeriodType LowCardinality(String)",
                        "PeriodUnit LowCardinality(String)",
                        "TraceId String",
                        "SpanId String");
    }

    @Test
    void storesIntervalRowsUnderTheirProfilesStart() {
        Profiles profiles = new Profiles();
        int profile = profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("s")), now - 7));
        int sample = profiles.sample(profile, 0, 0);
        profiles.row(sample, 3 * TestBatches.PERIOD, 0);
        profiles.row(sample, 1, 0);
        export("intervals", profiles.build(now));
        assertThat(clickHouse.lines(
                        "SELECT Timestamp, DurationNano, Value, Count, StackHash, TraceId, SpanId, ProfileId"
                                + " FROM intervals.otel_profiles_samples ORDER BY Value DESC"))
                .containsExactly(
                        text(now - 7) + "\t10000000000\t" + 3 * TestBatches.PERIOD + "\t3\t0\t\t\t",
                        text(now - 7) + "\t10000000000\t1\t1\t0\t\t\t");
        assertThat(clickHouse.value("SELECT count() FROM intervals.otel_profiles_stacks"))
                .isEqualTo("0");
    }

    @Test
    void storesUnbelievableTimesUnderTheTimeOfReceipt() {
        Profiles profiles = new Profiles();
        int profile = profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("s")), now));
        int sample = profiles.sample(profile, 0, 0);
        profiles.row(sample, 1, now - Duration.ofDays(3).toNanos());
        profiles.row(sample, 2, -1);
        profiles.row(sample, 3, now);
        export("times", profiles.build(now));
        assertThat(clickHouse.lines("SELECT Timestamp, Attributes FROM times.otel_profiles_samples ORDER BY Value"))
                .containsExactly(
                        text(now) + "\t{'stackhouse.original_timestamp':'"
                                + (now - Duration.ofDays(3).toNanos()) + "'}",
                        text(now) + "\t{'stackhouse.original_timestamp':'18446744073709551615'}",
                        text(now) + "\t{}");
    }

    @Test
    void keepsTheRowOfAStackThatHasMoreNames() {
        ProfileBatch[] batches = new ProfileBatch[4];
        for (int i = 0; i < batches.length; i++) {
            Profiles profiles = new Profiles();
            int mapping = profiles.mapping("/bin/x", profiles.attribute(FrameAttributes.GNU_BUILD_ID, "beef"));
            List<Profiles.Line> lines =
                    i < 2 ? List.of() : List.of(new Profiles.Line(profiles.function("late", "", "", 0), 1, 0));
            int stack = profiles.stack(profiles.location(mapping, 0x10, lines));
            int profile = profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("s")), now));
            profiles.row(profiles.sample(profile, stack, 0), 1, 0);
            batches[i] = profiles.build(now);
        }
        export("names", batches);
        assertThat(clickHouse.value("SELECT Frames, NamedFrames FROM names.otel_profiles_stacks"))
                .isEqualTo("['late']\t1");
    }

    @Test
    void namesTheHottestFunctions() {
        Profiles profiles = new Profiles();
        int profile = profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("s")), now));
        int main = profiles.named("main");
        int hot = profiles.named("hot");
        int cold = profiles.named("cold");
        profiles.row(profiles.sample(profile, profiles.stack(hot, hot, main), 0), 70, 0);
        profiles.row(profiles.sample(profile, profiles.stack(cold, main), 0), 20, 0);
        profiles.row(profiles.sample(profile, 0, 0), 10, 0);
        export("top", profiles.build(now));
        assertThat(clickHouse.lines("SELECT ServiceName, Function, SampleUnit, Self, Total, SelfShare, TotalShare FROM"
                        + " top.otel_profiles_top_functions(type = 'cpu', service = '', from = '" + text(now - SECOND)
                        + "', to = '" + text(now + SECOND) + "') ORDER BY Total DESC"))
                .containsExactly(
                        "s\tmain\tnanoseconds\t0\t90\t0\t0.9",
                        "s\thot\tnanoseconds\t70\t70\t0.7\t0.7",
                        "s\tcold\tnanoseconds\t20\t20\t0.2\t0.2");
    }

    @Test
    void storesSpansInTheCollectorsColumns() {
        KeyValue list = KeyValue.newBuilder()
                .setKey("list")
                .setValue(AnyValue.newBuilder()
                        .setArrayValue(ArrayValue.newBuilder()
                                .addValues(AnyValue.newBuilder().setIntValue(1))))
                .build();
        KeyValue text = KeyValue.newBuilder()
                .setKey("k")
                .setValue(AnyValue.newBuilder().setStringValue("v"))
                .build();
        Span span = Span.newBuilder()
                .setTraceId(ByteString.fromHex("0102030405060708090a0b0c0d0e0f10"))
                .setSpanId(ByteString.fromHex("a1a2a3a4a5a6a7a8"))
                .setParentSpanId(ByteString.fromHex("b1b2b3b4b5b6b7b8"))
                .setTraceState("a=b")
                .setName("GET /")
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(now)
                .setEndTimeUnixNano(now + 60)
                .addAttributes(text)
                .addAttributes(list)
                .setStatus(Status.newBuilder()
                        .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                        .setMessage("boom"))
                .addEvents(Span.Event.newBuilder()
                        .setName("event")
                        .setTimeUnixNano(now + 1)
                        .addAttributes(text))
                .addLinks(Span.Link.newBuilder()
                        .setTraceId(ByteString.fromHex("ff".repeat(16)))
                        .setSpanId(ByteString.fromHex("ee".repeat(8)))
                        .setTraceState("x=y")
                        .addAttributes(text))
                .build();
        Span bare = Span.newBuilder().setName("bare").setStartTimeUnixNano(1).build();
        Scope scope = new Scope("io.test", "2", new Attributes(), "");
        export(
                "spans",
                new SpanBatch(
                        List.of(
                                new SpanGroup(shop(), scope, List.of()),
                                new SpanGroup(shop(), scope, List.of(span)),
                                new SpanGroup(TestBatches.service("other"), scope, List.of(bare))),
                        now));

        assertThat(clickHouse.lines("SELECT * FROM spans.otel_traces WHERE ServiceName = 'shop' FORMAT Vertical"
                        + " SETTINGS session_timezone = 'UTC'"))
                .filteredOn(line -> line.contains(": "))
                .map(line -> line.replaceFirst(": +", "="))
                .containsExactly(
                        "Timestamp=" + text(now),
                        "TraceId=0102030405060708090a0b0c0d0e0f10",
                        "SpanId=a1a2a3a4a5a6a7a8",
                        "ParentSpanId=b1b2b3b4b5b6b7b8",
                        "TraceState=a=b",
                        "SpanName=GET /",
                        "SpanKind=Server",
                        "ServiceName=shop",
                        "ResourceAttributes={'service.name':'shop','service.namespace':'web','service.version':'1.2',"
                                + "'deployment.environment.name':'prod','process.pid':'42'}",
                        "ScopeName=io.test",
                        "ScopeVersion=2",
                        "SpanAttributes={'k':'v','list':'[1]'}",
                        "Duration=60",
                        "StatusCode=Error",
                        "StatusMessage=boom",
                        "Events.Timestamp=['" + text(now + 1) + "']",
                        "Events.Name=['event']",
                        "Events.Attributes=[{'k':'v'}]",
                        "Links.TraceId=['" + "ff".repeat(16) + "']",
                        "Links.SpanId=['" + "ee".repeat(8) + "']",
                        "Links.TraceState=['x=y']",
                        "Links.Attributes=[{'k':'v'}]");
        assertThat(clickHouse.value("SELECT SpanName, TraceId, SpanKind, StatusCode, Duration, SpanAttributes,"
                        + " toUnixTimestamp64Nano(Timestamp), length(Events.Name)"
                        + " FROM spans.otel_traces WHERE ServiceName = 'other'"))
                .isEqualTo("bare\t\tUnspecified\tUnset\t0\t{'stackhouse.original_timestamp':'1'}\t" + now + "\t0");
        assertThat(clickHouse.value("SELECT TraceId, toUnixTimestamp(Start), toUnixTimestamp(End)"
                        + " FROM spans.otel_traces_trace_id_ts"))
                .isEqualTo("0102030405060708090a0b0c0d0e0f10\t" + now / SECOND + "\t" + now / SECOND);
        assertThat(clickHouse.value("SELECT SpanAttributeItems FROM spans.otel_traces WHERE SpanName = 'GET /'"))
                .isEqualTo("['k=v','list=[1]']");
    }

    @Test
    void deliversAnEmptyBatchAtOnce() {
        export("empty", new Profiles().build(now), new SpanBatch(List.of(), now));
        assertThat(clickHouse.value("SELECT count() FROM empty.otel_profiles_samples"))
                .isEqualTo("0");
    }
}
