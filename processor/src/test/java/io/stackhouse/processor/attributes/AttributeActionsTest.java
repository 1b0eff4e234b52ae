package io.stackhouse.processor.attributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import io.stackhouse.pipeline.testing.Cost;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import io.stackhouse.processor.attributes.ActionConfig.ConvertedType;
import io.stackhouse.processor.attributes.ActionConfig.Kind;
import io.stackhouse.processor.attributes.MatchConfig.AttributeMatch;
import io.stackhouse.processor.attributes.MatchConfig.MatchType;
import io.stackhouse.processor.testing.Contract;
import io.stackhouse.processor.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttributeActionsTest {
    private static AttributesConfig actions(ActionConfig... actions) {
        return new AttributesConfig(List.of(actions), null, null);
    }

    private static void accept(AttributesConfig config, Batch batch) {
        new AttributesFactory().create(config, unused -> {}, Telemetry.none()).accept(batch);
    }

    private static ProfileBatch twoThreads() {
        return new Samples()
                .service("shop")
                .profile("cpu", "nanoseconds")
                .sample("main", "thread.name=main", "thread.id=1")
                .sample("main", "thread.name=http-1", "thread.id=2")
                .profile("allocated_space", "bytes")
                .sample("main", "thread.name=main")
                .batch();
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(new AttributesFactory(), actions(ActionsTest.set(Kind.UPSERT, "k", Samples.text("v"))));
    }

    @Test
    void changesTheAttributesOfSamples() {
        ProfileBatch batch = twoThreads();
        accept(
                actions(
                        ActionsTest.byKey(Kind.DELETE, "thread.id"),
                        ActionsTest.byPattern(Kind.EXTRACT, "thread.name", "^(?P<pool>[a-z]+)-(?P<number>[0-9]+)$"),
                        ActionsTest.convert("number", ConvertedType.INT),
                        ActionsTest.set(Kind.INSERT, "env", Samples.text("prod"))),
                batch);
        assertThat(Samples.lines(batch))
                .containsExactly(
                        "cpu main {\"thread.name\":\"main\",\"env\":\"prod\"}",
                        "cpu main {\"thread.name\":\"http-1\",\"pool\":\"http\",\"number\":1,\"env\":\"prod\"}",
                        "allocated_space main {\"thread.name\":\"main\",\"env\":\"prod\"}");
        assertThat(Samples.profileAttributes(batch, 0).size()).isZero();
    }

    @Test
    void leavesColumnsAndDictionaryAloneWhenNothingChanges() {
        ProfileBatch batch = twoThreads();
        Dictionary before = batch.dictionary();
        accept(actions(ActionsTest.byKey(Kind.DELETE, "missing")), batch);
        assertThat(batch.dictionary()).isSameAs(before);
        assertThat(Samples.lines(batch)).hasSize(3);
    }

    @Test
    void theDictionaryBeforeStaysAsItIs() {
        ProfileBatch batch = twoThreads();
        Dictionary before = batch.dictionary();
        int rows = before.attributeCount();
        accept(actions(ActionsTest.set(Kind.UPSERT, "k", Samples.text("v"))), batch);
        assertThat(before.attributeCount()).isEqualTo(rows);
        assertThat(batch.dictionary().attributeCount()).isEqualTo(rows + 1);
        assertThat(batch.dictionary().attributeKey(rows)).isEqualTo("k");
    }

    @Test
    void actsOnlyOnWhatIsIncludedAndNotExcluded() {
        MatchConfig include = match(MatchType.STRICT, List.of("shop"), null, List.of("cpu/nanoseconds"));
        MatchConfig exclude =
                match(MatchType.REGEXP, null, List.of(new AttributeMatch("thread.name", Samples.text("^http"))), null);
        ActionConfig mark = ActionsTest.set(Kind.UPSERT, "marked", AttributeValue.of(true));
        ProfileBatch batch = twoThreads();
        accept(new AttributesConfig(List.of(mark), include, exclude), batch);
        assertThat(Samples.lines(batch))
                .containsExactly(
                        "cpu main {\"thread.name\":\"main\",\"thread.id\":1,\"marked\":true}",
                        "cpu main {\"thread.name\":\"http-1\",\"thread.id\":2}",
                        "allocated_space main {\"thread.name\":\"main\"}");
    }

    @Test
    void changesTheAttributesOfSpans() {
        SpanBatch batch = Contract.spans();
        MatchConfig include = new MatchConfig(
                MatchType.STRICT,
                List.of("orders"),
                null,
                null,
                List.of(new AttributeMatch("url.path", Samples.text("/orders/1"))),
                List.of("GET /orders/{id}"),
                List.of("Server"),
                null,
                null);
        ActionConfig[] actions = {
            ActionsTest.byPattern(Kind.DELETE, null, "^(thread|server)\\."),
            ActionsTest.from(Kind.UPSERT, "path", "url.path", null),
            ActionsTest.convert("http.response.status_code", ConvertedType.STRING)
        };
        accept(new AttributesConfig(List.of(actions), include, null), batch);
        List<Span> spans = batch.groups().get(0).spans();
        assertThat(TracesDecoder.attributes(spans.get(1).getAttributesList()).toString())
                .isEqualTo("{\"http.request.method\":\"GET\",\"url.path\":\"/orders/1\","
                        + "\"http.response.status_code\":\"200\",\"path\":\"/orders/1\"}");
        assertThat(spans.get(0).getAttributesCount()).isEqualTo(7);
        assertThat(spans.get(2).getAttributesCount()).isEqualTo(7);
    }

    /** The way by rows, which samples go, and the way by keys, which resources and spans go, must agree. */
    @Test
    void samplesAreChangedAsAnyOtherAttributesWould() {
        long seed = Long.getLong("stackhouse.test.seed", 20_261_122L);
        Random random = new Random(seed);
        for (int run = 0; run < 300; run++) {
            byte[] body = new RandomProfiles(random.nextLong()).request().toByteArray();
            List<ActionConfig> configs = randomActions(random);
            ProfileBatch before = Samples.decode(body);
            ProfileBatch after = Samples.decode(body);
            accept(new AttributesConfig(configs, null, null), after);
            MapActions expected =
                    new MapActions(configs.stream().map(Action::new).toList());
            for (int sample = 0; sample < before.sampleCount(); sample++) {
                if (hasEqualKeys(before, sample)) {
                    continue;
                }
                Attributes wanted = Samples.attributes(before, sample);
                expected.run(MapActions.target(wanted));
                assertThat(Samples.attributes(after, sample))
                        .as("seed %s, run %s, %s", seed, run, configs)
                        .isEqualTo(wanted);
            }
        }
    }

    /** The protocol forbids it, random profiles have it. */
    private static boolean hasEqualKeys(ProfileBatch batch, int sample) {
        int rows = batch.sampleAttributeEnd(sample) - batch.sampleAttributeStart(sample);
        return Samples.attributes(batch, sample).size() < rows;
    }

    private static List<ActionConfig> randomActions(Random random) {
        List<ActionConfig> out = new ArrayList<>();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            String key = "s" + (1 + random.nextInt(8));
            String other = "s" + (1 + random.nextInt(8));
            out.add(
                    switch (random.nextInt(8)) {
                        case 0 -> ActionsTest.set(Kind.INSERT, key, AttributeValue.of(i));
                        case 1 -> ActionsTest.set(Kind.UPDATE, key, AttributeValue.of("u" + i));
                        case 2 -> ActionsTest.from(Kind.UPSERT, key, other, null);
                        case 3 -> ActionsTest.byKey(Kind.DELETE, key);
                        case 4 -> ActionsTest.byPattern(Kind.HASH, null, "[" + i + "-6]");
                        case 5 ->
                            ActionsTest.convert(key, random.nextBoolean() ? ConvertedType.INT : ConvertedType.STRING);
                        case 6 -> ActionsTest.byPattern(Kind.EXTRACT, key, "(?P<" + other + ">.)(?P<s9>.*)");
                        default -> ActionsTest.from(Kind.INSERT, key, other, AttributeValue.of(true));
                    });
        }
        return out;
    }

    @Test
    void nothingIsAllocatedPerSample() {
        AttributesConfig config = actions(
                ActionsTest.byKey(Kind.DELETE, "thread.id"),
                ActionsTest.byPattern(Kind.EXTRACT, "thread.name", "^(?P<pool>.*)-[0-9]+$"),
                ActionsTest.set(Kind.UPSERT, "env", Samples.text("prod")));
        byte[] body = SyntheticProfiles.request(200_000, SyntheticProfiles.Shape.ONE_VALUE);
        List<ProfileBatch> batches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            batches.add(Samples.decode(body));
        }
        // The columns anew take 4 bytes for each of 4 attributes and for where they begin; a single object would take
        // 16.
        Cost.check("rewriting 200,000 samples", 200_000 * 22L, () -> accept(config, batches.remove(0)));
    }

    @Test
    void aMatchNeedsSomethingToMatch() {
        assertThatThrownBy(() -> match(MatchType.STRICT, null, null, null)).hasMessageStartingWith("match_type needs");
        assertThatThrownBy(() -> match(MatchType.REGEXP, List.of("("), null, null))
                .hasMessageContaining("'('");
        List<AttributeMatch> number = List.of(new AttributeMatch("k", AttributeValue.of(1)));
        assertThatThrownBy(() -> match(MatchType.REGEXP, null, number, null))
                .hasMessageContaining("write it in quotes");
    }

    private static MatchConfig match(
            MatchType type, List<String> services, List<AttributeMatch> attributes, List<String> sampleTypes) {
        return new MatchConfig(type, services, null, null, attributes, null, null, sampleTypes, null);
    }
}
