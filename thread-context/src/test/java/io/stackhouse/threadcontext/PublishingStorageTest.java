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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // scopes are there to be closed
class PublishingStorageTest {
    private static final String TRACE = "0123456789abcdef0fedcba987654321";
    private static final String OTHER_TRACE = "ff00000000000000000000000000ff00";

    private ContextStorage storage;

    @BeforeEach
    void wrapTheDefaultStorage() {
        assertThat(NativeLibrary.failure()).isNull();
        ThreadAttributes attributes = new ThreadAttributes(
                new Key[0], AttributeSource.NONE, AttributeSource.NONE, AttributeSource.NONE, new AttributeCache());
        storage = new PublishingStorage(ContextStorage.defaultStorage(), () -> attributes, e -> {
            throw e;
        });
    }

    @Test
    void showsIdsAndFlagsWhileTheScopeIsOpen() {
        try (Scope ignored = storage.attach(context(TRACE, "00f067aa0ba902b7", true))) {
            assertThat(Published.here()).isEqualTo(new Published(TRACE, "00f067aa0ba902b7", 1, Map.of()));
        }
        assertThat(Published.here()).isNull();
    }

    @Test
    void showsAnUnsampledSpanWithItsFlags() {
        try (Scope ignored = storage.attach(context(TRACE, "00f067aa0ba902b7", false))) {
            assertThat(Published.here()).isEqualTo(new Published(TRACE, "00f067aa0ba902b7", 0, Map.of()));
        }
    }

    @Test
    void showsTheOuterSpanAgainWhenTheInnerScopeIsClosed() {
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

    @Test
    void showsNothingInsideAContextWithoutASpan() {
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

    @Test
    void keepsTheSpanInAContextMadeFromItsContext() {
        Context context = context(TRACE, "00f067aa0ba902b7", true);
        Scope outer = storage.attach(context);
        try (Scope ignored = storage.attach(context.with(ContextKey.named("other"), "value"))) {
            assertThat(Published.here().spanId()).isEqualTo("00f067aa0ba902b7");
        }
        outer.close();
    }

    @Test
    void followsTheStorageWhenScopesAreClosedInTheWrongOrder() {
        Scope outer = storage.attach(context(TRACE, "00f067aa0ba902b7", true));
        Scope inner = storage.attach(context(TRACE, "1111111111111111", true));
        outer.close();
        assertShowsWhatIsCurrent();
        inner.close();
        assertShowsWhatIsCurrent();
        outer.close();
        assertShowsWhatIsCurrent();
        outer.close();
        assertShowsWhatIsCurrent();
        assertThat(Published.here()).isNull();
    }

    @Test
    void aScopeClosedByAnotherThreadLeavesThatThreadsRecordAsItWas() throws Exception {
        Scope here = storage.attach(context(TRACE, "00f067aa0ba902b7", true));
        Thread other = new Thread(() -> {
            try (Scope own = storage.attach(context(OTHER_TRACE, "3333333333333333", true))) {
                here.close();
                assertShowsWhatIsCurrent();
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

    private void assertShowsWhatIsCurrent() {
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
