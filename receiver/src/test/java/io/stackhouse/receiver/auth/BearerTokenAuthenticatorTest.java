package io.stackhouse.receiver.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.UnauthenticatedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BearerTokenAuthenticatorTest {
    private static final String TOKEN = "s3cr3t-token";

    @TempDir
    Path folder;

    private static BearerTokenConfig config(String scheme, String... tokens) {
        List<Secret> secrets = java.util.Arrays.stream(tokens).map(Secret::new).toList();
        return new BearerTokenConfig(scheme, null, secrets, null, Duration.ofMillis(10));
    }

    private static Authenticator started(BearerTokenConfig config) {
        Authenticator authenticator = new BearerTokenFactory().create(config, Telemetry.none());
        authenticator.start();
        return authenticator;
    }

    private static boolean isLetIn(Authenticator authenticator, String... values) {
        return !authenticator.check(List.of(values)).isCompletedExceptionally();
    }

    @Test
    void letsInWhoShowsOneOfTheTokens() {
        try (Authenticator authenticator = started(config("Bearer", "other", TOKEN))) {
            assertThat(isLetIn(authenticator, "Bearer " + TOKEN)).isTrue();
            assertThat(isLetIn(authenticator, "bEARER   " + TOKEN)).isTrue();
            assertThat(isLetIn(authenticator, "Bearer other")).isTrue();
        }
        try (Authenticator authenticator = started(config("", TOKEN))) {
            assertThat(isLetIn(authenticator, TOKEN)).isTrue();
            assertThat(isLetIn(authenticator, "Bearer " + TOKEN)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Bearer",
                "Bearer ",
                "Basic s3cr3t-token",
                "s3cr3t-token",
                "Bearer s3cr3t-toke",
                "Bearer s3cr3t-tokenx",
                "Bearer S3CR3T-TOKEN",
                "Bearer s3cr3t-token, Bearer s3cr3t-token",
                "Bearer s3cr3t-token,",
                "Bearer,s3cr3t-token",
                "Bearer\ts3cr3t-token",
                "Bearer s3cr3t?token",
                "Bearer s3cr3t\u2010token",
                "Bearer \u00e9",
                "Bearer s3cr3t-token\u0000"
            })
    void letsNobodyElseIn(String value) {
        try (Authenticator authenticator = started(config("Bearer", TOKEN))) {
            assertThat(isLetIn(authenticator, value)).isFalse();
        }
    }

    @Test
    void missingDoubledAndHugeValuesAreRefusedWithAChallengeAndWithoutWhatWasSent() {
        try (Authenticator authenticator = started(config("Bearer", TOKEN))) {
            String right = "Bearer " + TOKEN;
            for (List<String> values :
                    List.of(List.<String>of(), List.of(right, right), List.of("Bearer " + "hush".repeat(1 << 18)))) {
                CompletionException thrown = catchThrowableOfType(
                        CompletionException.class,
                        () -> authenticator.check(values).join());
                UnauthenticatedException cause = (UnauthenticatedException) thrown.getCause();
                assertThat(cause.challenge()).isEqualTo("Bearer");
                assertThat(cause.getMessage()).doesNotContain("hush", TOKEN);
            }
        }
    }

    @Test
    void readsTokensFromAFileAndAgainWhenItChanges() throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), "first\n\n  second\r\n");
        BearerTokenConfig config =
                new BearerTokenConfig("Bearer", null, List.of(), file.toString(), Duration.ofMillis(10));
        try (Authenticator authenticator = started(config)) {
            assertThat(isLetIn(authenticator, "Bearer first")).isTrue();
            assertThat(isLetIn(authenticator, "Bearer second")).isTrue();
            Files.writeString(file, "third");
            Awaitility.await().until(() -> isLetIn(authenticator, "Bearer third"));
            assertThat(isLetIn(authenticator, "Bearer first")).isFalse();
        }
    }

    @Test
    void aFileWithoutTokensOrWithWhatIsNoneEndsTheStartAndIsNotShown() throws Exception {
        Path file = folder.resolve("tokens");
        BearerTokenConfig config =
                new BearerTokenConfig("Bearer", null, List.of(), file.toString(), Duration.ofMillis(10));
        assertThatThrownBy(() -> started(config)).hasMessageContaining("there is no file");
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> started(config)).hasMessageContaining("there is no token");
        Files.writeString(file, "good\nhush hush\n");
        assertThatThrownBy(() -> started(config))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(":2: a token must be of visible ASCII")
                .message()
                .doesNotContain("hush");
    }

    @Test
    void settingsSayWhatIsAllowed() {
        BearerTokenFactory factory = new BearerTokenFactory();
        assertThatThrownBy(() -> factory.check(factory.defaultConfig())).hasMessageContaining("must be given");
        assertThatThrownBy(() -> factory.check(
                        new BearerTokenConfig("Bearer", new Secret("a"), List.of(), "f", Duration.ofSeconds(1))))
                .hasMessageContaining("keep one");
        assertThatThrownBy(() -> config("Bearer", "hush hush")).message().doesNotContain("hush");
        assertThatThrownBy(() -> config("Bearer", "")).hasMessageContaining("tokens must be");
        assertThatThrownBy(() -> config("Be arer", "x")).hasMessageContaining("scheme must be one word");
    }
}
