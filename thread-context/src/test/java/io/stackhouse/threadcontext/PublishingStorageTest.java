package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both storages: that in OpenTelemetry's place, and that around another. */
@SuppressWarnings("try") // scopes are there to be closed
class PublishingStorageTest {
    private static final String TRACE = "0123456789abcdef0fedcba987654321";
    private static final String OTHER_TRACE = "ff00000000000000000000000000ff00";

    private static final SpanPublisher PUBLISHER = publisher();

    static List<ContextStorage> storages() {
        assertThat(NativeLibrary.failure()).isNull();
        return List.of(new ThreadStorage(PUBLISHER), new PublishingStorage(ContextStorage.defaultStorage(), PUBLISHER));
    }

    private static SpanPublisher publisher() {
        AttributeCache cache = new AttributeCache();
        ThreadAttributes attributes = new ThreadAttributes(
                new Key[0],
                new OwnAttributes(cache),
                AttributeSource.NONE,
                AttributeSource.NONE,
                AttributeSource.NONE,
                cache);
        return new SpanPublisher(() -> attributes, e -> {
            throw e;
        });
    }

    @ParameterizedTest
    @MethodSource("storages")
    void showsIdsAndFlagsWhileTheScopeIsOpen(ContextStorage storage) {
        try (Scope ignored = storage.attach(context(TRACE, "00f067aa0ba902b7", true))) {
            assertThat(Published.here()).isEqualTo(new Published(TRACE, "00f067aa0ba902b7", 1, Map.of()));
        }
        assertThat(Published.here()).isNull();
    }

    @ParameterizedTest
    @MethodSource("storages")
    void showsAnUnsampledSpanWithItsFlags(ContextStorage storage) {
        try (Scope ignored = storage.attach(context(TRACE, "00f067aa0ba902b7", false))) {
            assertThat(Published.here()).isEqualTo(new Published(TRACE, "00f067aa0ba902b7", 0, Map.of()));
        }
    }

    @ParameterizedTest
    @MethodSource("storages")
    void showsTheOuterSpanAgainWhenTheInnerScopeIsClosed(ContextStorage storage) {
        Scope outer = storage.attach(context(TRACE, "00f067aa0ba902b7", true));
        Scope inner = storage.attach(context(TRACE, "1111111111111111", true));
        Scope innermost = storage.attach(context(OTHER_TRACE, "2222222222222222", true));
        assertThat(Published.here()).isEqualTo(new Published(OTHER_TRACE, "2222222222222222", 1, Map.of()));
        innermost.close();
        assertThat(Published.here()).isEqualTo(new Published(TRACE, "1111111111111111", 1, Map.of()));
        inner.close();
        assertThat(Published.here()).isEqualTo(new Published(TRACE, "00f067aa0ba902b7", 1, Map.of()));
        outer.close();
        assertThat(Published.here()).isNull();
    }

    @ParameterizedTest
    @MethodSource("storages")
    void showsNothingInsideAContextWithoutASpan(ContextStorage storage) {
        Scope outer = storage.attach(context(TRACE, "00f067aa0ba902b7", true));
        try (Scope ignored = storage.attach(Context.root())) {
            assertThat(Published.here()).isNull();
        }
        assertThat(Published.here().spanId()).isEqualTo("00f067aa0ba902b7");
        try (Scope ignored = storage.attach(Context.root().with(Span.getInvalid()))) {
            assertThat(Published.here()).isNull();
        }
        outer.close();
        assertThat(Published.here()).isNull();
    }

    @ParameterizedTest
    @MethodSource("storages")
    void keepsTheSpanInAContextMadeFromItsContext(ContextStorage storage) {
        Context context = context(TRACE, "00f067aa0ba902b7", true);
        Scope outer = storage.attach(context);
        try (Scope ignored = storage.attach(context.with(ContextKey.named("other"), "value"))) {
            assertThat(Published.here().spanId()).isEqualTo("00f067aa0ba902b7");
        }
        outer.close();
    }

    @ParameterizedTest
    @MethodSource("storages")
    void followsTheStorageWhenScopesAreClosedInTheWrongOrder(ContextStorage storage) {
        Scope outer = storage.attach(context(TRACE, "00f067aa0ba902b7", true));
        Scope inner = storage.attach(context(TRACE, "1111111111111111", true));
        outer.close();
        assertShowsWhatIsCurrent(storage);
        inner.close();
        assertShowsWhatIsCurrent(storage);
        outer.close();
        assertShowsWhatIsCurrent(storage);
        outer.close();
        assertShowsWhatIsCurrent(storage);
        assertThat(Published.here()).isNull();
    }

    @ParameterizedTest
    @MethodSource("storages")
    void aScopeClosedByAnotherThreadLeavesThatThreadsRecordAsItWas(ContextStorage storage) throws Exception {
        Scope here = storage.attach(context(TRACE, "00f067aa0ba902b7", true));
        Thread other = new Thread(() -> {
            try (Scope own = storage.attach(context(OTHER_TRACE, "3333333333333333", true))) {
                here.close();
                assertShowsWhatIsCurrent(storage);
                assertThat(Published.here().spanId()).isEqualTo("3333333333333333");
            }
        });
        Throwable[] failure = new Throwable[1];
        other.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
        other.start();
        other.join();
        assertThat(failure[0]).isNull();
        assertThat(Published.here().spanId()).isEqualTo("00f067aa0ba902b7");
        here.close();
        assertThat(Published.here()).isNull();
    }

    /** As OpenTelemetry's own storage. */
    @ParameterizedTest
    @MethodSource("storages")
    void doesNothingForNoContextAndForTheCurrentOne(ContextStorage storage) {
        storage.attach(null).close();
        Context context = context(TRACE, "00f067aa0ba902b7", true);
        Scope outer = storage.attach(context);
        storage.attach(context).close();
        assertThat(storage.current()).isSameAs(context);
        assertShowsWhatIsCurrent(storage);
        outer.close();
        outer.close();
        assertThat(storage.current()).isNull();
        assertThat(Published.here()).isNull();
    }

    private static void assertShowsWhatIsCurrent(ContextStorage storage) {
        Context current = storage.current();
        SpanContext span = current == null
                ? SpanContext.getInvalid()
                : Span.fromContext(current).getSpanContext();
        Published published = Published.here();
        assertThat(published == null ? SpanContext.getInvalid().getSpanId() : published.spanId())
                .isEqualTo(span.getSpanId());
    }

    private static Context context(String traceId, String spanId, boolean isSampled) {
        SpanContext id = SpanContext.create(
                traceId,
                spanId,
                isSampled ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                TraceState.getDefault());
        return Context.root().with(Span.wrap(id));
    }
}
