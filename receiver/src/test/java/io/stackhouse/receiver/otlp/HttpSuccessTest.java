package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ExportResponses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSuccessTest {
    private static final int CLIENT_LIMIT_BYTES = 4 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u0001", "é", "\uD83D\uDE00", "x\uD83D\uDE00"})
    void aLongMessageIsCutSoThatClientsTakeTheAnswer(String part) {
        byte[] long10MiB = ExportResponses.partialSuccess(7, part.repeat(10 << 20));
        HttpSuccess success = HttpSuccess.of(long10MiB, "");
        assertThat(success.rejected()).isEqualTo(7);
        assertThat(success.message()).endsWith(" …").startsWith(part);
        for (HttpMedia media : HttpMedia.values()) {
            assertThat(media.encode(Signal.PROFILES, success)).hasSizeBetween(1000, CLIENT_LIMIT_BYTES);
        }
        assertThat(HttpSuccess.of(success.toProtobuf(), "")).isEqualTo(success);
    }

    @Test
    void aWarningIsToldBesideWhatWasRejected() {
        byte[] rejected = ExportResponses.partialSuccess(2, "mend this");
        assertThat(HttpSuccess.of(rejected, "and this")).isEqualTo(new HttpSuccess(2, "mend this; and this"));
        assertThat(HttpSuccess.of(rejected, "")).isEqualTo(new HttpSuccess(2, "mend this"));
        assertThat(HttpSuccess.of(ExportResponses.success(), "beware")).isEqualTo(new HttpSuccess(0, "beware"));
    }

    @Test
    void fullSuccessIsAnEmptyMessage() {
        HttpSuccess success = HttpSuccess.of(ExportResponses.success(), "");
        assertThat(HttpMedia.PROTOBUF.encode(Signal.TRACES, success)).isEmpty();
        assertThat(HttpMedia.JSON.encode(Signal.TRACES, success)).asString().isEqualTo("{}");
    }
}
