package io.stackhouse.receiver.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.UnauthenticatedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCrypt;

@Timeout(60)
class BasicAuthenticatorTest {
    /** The published test vector of crypt_blowfish for the password U*U. */
    private static final String KNOWN_HASH = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    @TempDir
    Path folder;

    private static String bcrypt(String password) {
        return BCrypt.hashpw(password, BCrypt.gensalt("$2b", 4));
    }

    private static BasicAuthConfig config(String file, String inline, int maxPending) {
        return new BasicAuthConfig(
                new BasicAuthConfig.Htpasswd(file, inline == null ? null : new Secret(inline)),
                maxPending,
                8,
                Duration.ofMillis(10));
    }

    private static Authenticator started(BasicAuthConfig config) {
        Authenticator authenticator = new BasicAuthFactory().create(config, Telemetry.none());
        authenticator.start();
        return authenticator;
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    private static boolean isLetIn(Authenticator authenticator, String... values) throws Exception {
        try {
            authenticator.check(List.of(values)).get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(UnauthenticatedException.class);
            return false;
        }
    }

    @Test
    void letsInWhoKnowsThePasswordPlainOrHashed() throws Exception {
        String lines = "# people\n\nplain:pä:ss\nhashed:" + bcrypt("wörd") + "\nknown:" + KNOWN_HASH + "\n";
        try (Authenticator authenticator = started(config(null, lines, 8))) {
            for (int i = 0; i < 2; i++) { // the second time remembered
                assertThat(isLetIn(authenticator, basic("plain:pä:ss"))).isTrue();
                assertThat(isLetIn(authenticator, basic("hashed:wörd"))).isTrue();
                assertThat(isLetIn(authenticator, basic("known:U*U"))).isTrue();
                assertThat(isLetIn(authenticator, basic("hashed:pä:ss"))).isFalse();
                assertThat(isLetIn(authenticator, basic("plain:wörd"))).isFalse();
                assertThat(isLetIn(authenticator, basic("nobody:wörd"))).isFalse();
                assertThat(isLetIn(authenticator, basic("hashed:"))).isFalse();
                assertThat(isLetIn(authenticator, basic("nobody:"))).isFalse();
                // A hash is no password.
                assertThat(isLetIn(authenticator, basic("known:" + KNOWN_HASH))).isFalse();
            }
        }
    }

    @Test
    void aPasswordBeyondWhatBcryptLooksAtIsNotTakenForItsBegin() throws Exception {
        String long72 = "x".repeat(72);
        try (Authenticator authenticator = started(config(null, "u:" + bcrypt(long72), 8))) {
            assertThat(isLetIn(authenticator, basic("u:" + long72))).isTrue();
            assertThat(isLetIn(authenticator, basic("u:" + long72 + "y"))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic dXNlcg==",
                "Basic /////w==",
                "Bearer dTpw",
                "dTpw",
                "Basic dTpw, Basic dTpw"
            })
    void whatIsMalformedIsRefused(String value) throws Exception {
        try (Authenticator authenticator = started(config(null, "u:p", 8))) {
            assertThat(isLetIn(authenticator, basic("u:p"))).isTrue();
            assertThat(isLetIn(authenticator, value)).isFalse();
            assertThat(isLetIn(authenticator, basic("u:p"), basic("u:p"))).isFalse();
            assertThat(isLetIn(authenticator)).isFalse();
        }
    }

    @Test
    void manyWrongPasswordsAreToldToComeBackLaterAndDoNotKeepOutWhoIsKnown() throws Exception {
        String lines = "u:" + BCrypt.hashpw("right", BCrypt.gensalt("$2b", 10));
        try (Authenticator authenticator = started(config(null, lines, 2))) {
            assertThat(isLetIn(authenticator, basic("u:right"))).isTrue();
            List<CompletableFuture<Void>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(authenticator.check(List.of(basic("u:wrong" + i))));
            }
            // Found out before, so that it waits for nothing.
            assertThat(authenticator.check(List.of(basic("u:right")))).isCompleted();
            int refused = 0;
            for (CompletableFuture<Void> answer : answers) {
                Throwable cause = answer.handle((ok, thrown) -> thrown).get(30, TimeUnit.SECONDS);
                Throwable reason = cause.getCause() == null ? cause : cause.getCause();
                if (reason instanceof RefusedException) {
                    refused++;
                } else {
                    assertThat(reason).isInstanceOf(UnauthenticatedException.class);
                }
            }
            // Two waiting and mostly one on its way, and a few more when checks are done before all have asked.
            assertThat(refused).isBetween(1, 48);
        }
    }

    @Test
    void equalCredentialsWaitForOneCheck() throws Exception {
        String lines = "u:" + BCrypt.hashpw("right", BCrypt.gensalt("$2b", 10));
        try (Authenticator authenticator = started(config(null, lines, 1))) {
            List<CompletableFuture<Void>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(authenticator.check(List.of(basic("u:right"))));
            }
            for (CompletableFuture<Void> answer : answers) {
                answer.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aChangedFileIsReadAgainAndWhatWasRememberedIsForgotten() throws Exception {
        Path file = Files.writeString(folder.resolve("htpasswd"), "u:" + bcrypt("old") + "\n");
        try (Authenticator authenticator = started(config(file.toString(), "admin:root", 8))) {
            assertThat(isLetIn(authenticator, basic("u:old"))).isTrue();
            assertThat(isLetIn(authenticator, basic("admin:root"))).isTrue();
            Files.writeString(file, "u:" + bcrypt("new") + "\n");
            Awaitility.await().until(() -> isLetIn(authenticator, basic("u:new")));
            assertThat(isLetIn(authenticator, basic("u:old"))).isFalse();
            assertThat(isLetIn(authenticator, basic("admin:root"))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u",
                "u:",
                ":hush",
                "u:$apr1$hushhush$abc",
                "u:{SHA}hush",
                "u:$6$hush$hush",
                "u:$2b$10$hush",
                "u:$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "ok:x\nok:hush",
                "# nobody"
            })
    void linesThatCannotBeUsedAreToldWithoutThem(String lines) {
        BasicAuthConfig config = config(null, lines, 8);
        assertThatThrownBy(() -> new BasicAuthFactory().check(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("htpasswd inline")
                .message()
                .doesNotContain("hush", "CCCC");
    }

    @Test
    void somebodyMustBeKnown() {
        BasicAuthFactory factory = new BasicAuthFactory();
        assertThatThrownBy(() -> factory.check(factory.defaultConfig())).hasMessageContaining("htpasswd must have");
        assertThatThrownBy(() -> started(config(folder.resolve("none").toString(), null, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no file");
    }

    @Test
    void mayBeClosedTwiceAndThenRefuses() throws Exception {
        Authenticator authenticator = started(config(null, "u:" + bcrypt("p"), 1));
        authenticator.close();
        authenticator.close();
        CompletableFuture<Void> answer = authenticator.check(List.of(basic("u:p")));
        assertThat(answer).isCompletedExceptionally();
    }
}
