package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.ClientException;
import com.clickhouse.client.api.ServerException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InsertFailureTest {
    @ParameterizedTest
    @ValueSource(ints = {10, 16, 47, 53, 60, 81, 115, 159, 192, 194, 202, 210, 241, 242, 243, 252, 319, 497, 516})
    void triesAgainWhatCanPassOrBeMended(int code) {
        assertThat(InsertFailure.ofServer(code, 500, "x").isRetryable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 27, 33, 44, 50, 62, 117, 349, 469})
    void givesUpWhatTheSameBytesWillAlwaysMeet(int code) {
        assertThat(InsertFailure.ofServer(code, 500, "x").isRetryable()).isFalse();
    }

    @Test
    void judgesAnswersWithoutACodeByTheirStatus() {
        assertThat(InsertFailure.ofServer(0, 502, "").isRetryable()).isTrue();
        assertThat(InsertFailure.ofServer(0, 503, "").isRetryable()).isTrue();
        assertThat(InsertFailure.ofServer(0, 429, "").isRetryable()).isTrue();
        assertThat(InsertFailure.ofServer(0, 404, "").isRetryable()).isFalse();
        assertThat(InsertFailure.ofServer(-1, 413, "").isRetryable()).isFalse();
    }

    @Test
    void triesAgainAfterFailuresOfTheNetwork() {
        assertThat(InsertFailure.of(new ClientException("x", new ConnectException("refused")))
                        .isRetryable())
                .isTrue();
        assertThat(InsertFailure.of(new CompletionException(new SocketTimeoutException("slow")))
                        .isRetryable())
                .isTrue();
    }

    @Test
    void givesUpWhatIsTheProgramsOwnError() {
        assertThat(InsertFailure.of(new ClientException("x", new IndexOutOfBoundsException("y")))
                        .isRetryable())
                .isFalse();
    }

    @Test
    void findsTheServersAnswerUnderneath() {
        Throwable thrown = new CompletionException(
                new ClientException("x", new ServerException(53, "Type mismatch", 500, "query")));
        InsertFailure failure = InsertFailure.of(thrown);
        assertThat(failure.code()).isEqualTo(53);
        assertThat(failure.action()).isEqualTo(InsertErrors.Action.STOP);
        assertThat(failure.message()).contains("Type mismatch");
    }

    @Test
    void namesTheRootOfAFailure() {
        assertThat(InsertFailure.of(new ClientException("Insert failed", new ConnectException("Connection refused")))
                        .message())
                .contains("Insert failed")
                .contains("Connection refused");
    }
}
