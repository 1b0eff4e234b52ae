package io.stackhouse.processor.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.testing.Cost;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import io.stackhouse.processor.filter.FilterConfig.ErrorMode;
import io.stackhouse.processor.filter.FilterConfig.ProfileFilters;
import io.stackhouse.processor.filter.FilterConfig.TraceFilters;
import io.stackhouse.processor.testing.Contract;
import io.stackhouse.processor.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static FilterConfig profiles(String... conditions) {
        return new FilterConfig(ErrorMode.PROPAGATE, List.of(), List.of(conditions), null, null);
    }

    private static FilterConfig traces(ErrorMode mode, String... conditions) {
        return new FilterConfig(mode, List.of(conditions), List.of(), null, null);
    }

    private static List<Batch> accept(FilterConfig config, Batch batch) {
        List<Batch> out = new ArrayList<>();
        new FilterFactory().create(config, out::add, Telemetry.none()).accept(batch);
        return out;
    }

    private static ProfileBatch batch() {
        return new Samples()
                .service("shop")
                .profile("cpu", "nanoseconds")
                .sample("libc.so!read;app!main", "thread.name=main", "thread.id=1")
                .sample("app!work;app!main", "thread.name=http-1", "thread.id=2")
                .profile("wall", "nanoseconds")
                .sample("libc.so!futex;app!park", "thread.name=http-2")
                .service("cart")
                .profile("cpu", "nanoseconds")
                .sample("app!spin")
                .batch();
    }

    private static List<String> kept(String... conditions) {
        ProfileBatch batch = batch();
        List<Batch> out = accept(profiles(conditions), batch);
        return out.isEmpty()
                ? List.of()
                : Samples.lines(batch).stream().map(line -> line.split(" ")[1]).toList();
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(
                new FilterFactory(),
                new FilterConfig(
                        ErrorMode.PROPAGATE,
                        List.of("span.name == \"none\""),
                        List.of("sample.attributes[\"thread.name\"] == \"none\"", "frame.module == \"none\""),
                        null,
                        null));
    }

    @Test
    void dropsByResourceScopeAndProfile() {
        assertThat(kept("resource.attributes[\"service.name\"] == \"shop\"")).containsExactly("spin");
        assertThat(kept("profile.type == \"wall\"")).containsExactly("read;main", "work;main", "spin");
        assertThat(kept("instrumentation_scope.name == \"profiler\"")).isEmpty();
        assertThat(kept("profile.unit != \"nanoseconds\"")).hasSize(4);
    }

    @Test
    void dropsBySample() {
        assertThat(kept("IsMatch(sample.attributes[\"thread.name\"], \"^http\")"))
                .containsExactly("read;main", "spin");
        assertThat(kept("sample.attributes[\"thread.id\"] < 2")).containsExactly("work;main", "futex;park", "spin");
        assertThat(kept("sample.attributes[\"thread.name\"] == nil")).hasSize(3);
        assertThat(kept("sample.is_linked")).hasSize(4);
    }

    @Test
    void dropsBySomeFrame() {
        assertThat(kept("frame.module == \"libc.so\"")).containsExactly("work;main", "spin");
        assertThat(kept("frame.function == \"park\"")).containsExactly("read;main", "work;main", "spin");
        assertThat(kept("frame.function == \"read\" and frame.module == \"app\""))
                .as("one frame must fulfil all of it")
                .hasSize(4);
        assertThat(kept("frame.line == 7")).isEmpty();
    }

    @Test
    void dropsByNoFrame() {
        assertThat(kept("not AnyFrame(frame.function == \"main\")")).containsExactly("read;main", "work;main");
        assertThat(kept("profile.type == \"cpu\" and AnyFrame(frame.function == \"main\") and"
                        + " not AnyFrame(frame.module == \"libc.so\")"))
                .containsExactly("read;main", "futex;park", "spin");
    }

    @Test
    void conditionsAreJoinedByOr() {
        assertThat(kept("frame.function == \"read\"", "profile.type == \"wall\""))
                .containsExactly("work;main", "spin");
    }

    @Test
    void aFrameMayBeComparedWithItsSample() {
        ProfileBatch batch = new Samples()
                .service("shop")
                .profile("cpu", "nanoseconds")
                .sample("app!a;app!b", "where=b")
                .sample("app!a;app!b", "where=c")
                .batch();
        accept(profiles("frame.function == sample.attributes[\"where\"]"), batch);
        assertThat(Samples.lines(batch)).containsExactly("cpu a;b {\"where\":\"c\"}");
    }

    @Test
    void samplesKeepTheirAttributesAndProfilesTheirPlaces() {
        ProfileBatch batch = batch();
        accept(profiles("profile.type == \"cpu\" and resource.attributes[\"service.name\"] == \"shop\""), batch);
        assertThat(Samples.lines(batch)).containsExactly("wall futex;park {\"thread.name\":\"http-2\"}", "cpu spin {}");
        assertThat(batch.profileCount()).isEqualTo(2);
        assertThat(batch.sampleCount()).isEqualTo(2);
        assertThat(batch.resource(batch.profile(1).resource()).attributes().text("service.name", ""))
                .isEqualTo("cart");
    }

    @Test
    void aBatchOfWhichNothingStaysIsSettledAndNotHandedOn() {
        List<String> settled = new ArrayList<>();
        for (Batch batch : List.of(batch(), Contract.spans())) {
            batch.setReceipt(new Receipt() {
                @Override
                public void delivered() {
                    settled.add("delivered");
                }

                @Override
                public void dropped(String reason) {
                    settled.add("dropped");
                }
            });
            FilterConfig config = new FilterConfig(ErrorMode.PROPAGATE, List.of("true"), List.of("true"), null, null);
            assertThat(accept(config, batch)).isEmpty();
        }
        assertThat(settled).containsExactly("delivered", "delivered");
    }

    @Test
    void dropsSpans() {
        SpanBatch batch = Contract.spans();
        accept(traces(ErrorMode.PROPAGATE, "span.attributes[\"url.path\"] == \"/orders/1\""), batch);
        List<Span> spans = batch.groups().get(0).spans();
        assertThat(spans).hasSize(2);
        assertThat(accept(
                        traces(
                                ErrorMode.PROPAGATE,
                                "span.kind == SPAN_KIND_SERVER and Int(span.attributes[\"server.port\"]) >= 8080"),
                        batch))
                .isEmpty();
    }

    @Test
    void understandsTheOlderKeys() {
        SpanBatch spans = Contract.spans();
        TraceFilters filters = new TraceFilters(
                List.of("attributes[\"service.name\"] == \"x\""), List.of("name == \"GET /orders/{id}\""));
        assertThat(accept(new FilterConfig(ErrorMode.IGNORE, List.of(), List.of(), filters, null), spans))
                .isEmpty();
        ProfileBatch batch = batch();
        ProfileFilters older = new ProfileFilters(null, List.of("type == \"wall\""));
        accept(new FilterConfig(ErrorMode.IGNORE, List.of(), List.of(), null, older), batch);
        assertThat(Samples.lines(batch)).hasSize(3);
    }

    @Test
    void whatCannotBeDecidedIsDecidedByTheMode() {
        String undecidable = "HasPrefix(span.attributes[\"missing\"], \"x\")";
        SpanBatch batch = Contract.spans();
        assertThat(accept(traces(ErrorMode.IGNORE, undecidable), batch)).hasSize(1);
        assertThat(accept(traces(ErrorMode.SILENT, undecidable, "span.name == nil"), batch))
                .hasSize(1);
        assertThatThrownBy(() -> accept(traces(ErrorMode.PROPAGATE, undecidable), batch))
                .hasMessageContaining("HasPrefix wants a text");
    }

    @Test
    void saysWhichConditionIsWrong() {
        FilterFactory factory = new FilterFactory();
        assertThatThrownBy(() -> factory.check(profiles("true", "profile.typ == 1")))
                .hasMessageStartingWith("profile_conditions: condition 2, column 1: there is no profile.typ");
        assertThatThrownBy(() -> factory.check(factory.defaultConfig()))
                .hasMessageStartingWith("there is no condition");
    }

    @Test
    void nothingIsAllocatedPerSample() {
        byte[] body = SyntheticProfiles.request(200_000, SyntheticProfiles.Shape.ONE_VALUE);
        FilterConfig config = profiles(
                "resource.attributes[\"service.name\"] == \"none\"",
                "sample.attributes[\"thread.name\"] == \"http-nio-8080-exec-7x\"",
                "IsMatch(sample.attributes[\"thread.name\"], \"exec-7x$\")",
                "sample.attributes[\"thread.id\"] > 20500",
                "frame.function == \"none\" and frame.module == \"none\"");
        FilterFactory factory = new FilterFactory();
        ProfileBatch batch = Samples.decode(body);
        // Two bits for each sample, and what is remembered of stacks and locations.
        Cost.check(
                "filtering 200,000 samples",
                200_000,
                () -> factory.create(config, unused -> {}, Telemetry.none()).accept(batch));
    }
}
