package io.stackhouse.collector.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.AuthenticatorId;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.batch.AttributeValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinderTest {
    enum Mode {
        FAST,
        VERY_SLOW
    }

    record Part(String name, int size) {
        static Part defaults() {
            return new Part("part", 7);
        }
    }

    record Bare(String needed, @Nullable Integer optional) {}

    record Settings(
            String text,
            boolean isOn,
            int number,
            long bigNumber,
            double ratio,
            Duration flushInterval,
            ByteSize maxSize,
            Mode mode,
            Part part,
            @Nullable Part offByDefault,
            List<Bare> bares,
            Map<String, Long> limits) {}

    private static final Settings DEFAULTS = new Settings(
            "t",
            false,
            1,
            2,
            0.5,
            Duration.ofSeconds(1),
            new ByteSize(1024),
            Mode.FAST,
            new Part("default", 3),
            null,
            List.of(),
            Map.of("a", 1L));

    @TempDir
    Path folder;

    private final Problems problems = new Problems();

    private @Nullable Settings bind(String yaml) {
        Variables variables = new Variables(Map.of("SIX", "6", "LIST", "[{needed: x}]", "DOLLARS", "a${b}$"), folder);
        ConfigNode node = new YamlReader("f", variables, problems).read(yaml);
        return node == null ? null : new Binder(problems).bind(node, "", DEFAULTS);
    }

    @Test
    void whatIsAbsentOrNullHasItsDefault() {
        assertThat(bind("{}")).isEqualTo(DEFAULTS);
        assertThat(bind("text:\nnumber: null\npart: ~\nlimits:\n")).isEqualTo(DEFAULTS);
    }

    @Test
    void readsEveryType() {
        Settings bound = bind("""
                text: 0123
                is_on: true
                number: "42"
                big_number: 9000000000
                ratio: 0.25
                flush_interval: 1h30m
                max_size: 64MiB
                mode: very_slow
                part: {size: 9}
                off_by_default:
                bares: [{needed: a}, {needed: b, optional: 5}]
                limits: {x: 10, "y/z": 20}
                """);
        assertThat(problems.errors()).isEmpty();
        assertThat(bound)
                .isEqualTo(new Settings(
                        "0123",
                        true,
                        42,
                        9_000_000_000L,
                        0.25,
                        Duration.ofMinutes(90),
                        ByteSize.ofMebibytes(64),
                        Mode.VERY_SLOW,
                        new Part("default", 9),
                        new Part("part", 7),
                        List.of(new Bare("a", null), new Bare("b", 5)),
                        Map.of("x", 10L, "y/z", 20L)));
    }

    @Test
    void whatHasNoDefaultMustBeGiven() {
        assertThat(bind("bares: [{optional: 1}, {needed: }]")).isNull();
        assertThat(problems.errors()).containsExactly("f:1:9: bares[0]::needed: must be given");
    }

    @Test
    void variablesCanHoldSingleValuesAndWholeLists() {
        Settings bound = bind("number: ${env:SIX}\ntext: <${SIX}|${env:NONE:-${SIX}$$}>\nbares: ${LIST}\n");
        assertThat(problems.errors()).isEmpty();
        assertThat(bound.number()).isEqualTo(6);
        assertThat(bound.text()).isEqualTo("<6|6$>");
        assertThat(bound.bares()).containsExactly(new Bare("x", null));
    }

    @Test
    void aVariablesValueIsNotExpandedAgain() {
        assertThat(bind("text: ${DOLLARS}").text()).isEqualTo("a${b}$");
        assertThat(problems.warnings()).isEmpty();
    }

    @Test
    void readsFiles() throws IOException {
        Files.writeString(folder.resolve("part.yaml"), "name: from file\nsize: 11\n");
        Files.writeString(folder.resolve("secret"), "hush\n");
        Settings bound = bind("part: ${file:part.yaml}\ntext: ${file:secret}\n");
        assertThat(problems.errors()).isEmpty();
        assertThat(bound.part()).isEqualTo(new Part("from file", 11));
        assertThat(bound.text()).isEqualTo("hush");
    }

    @Test
    void anAnchorCanBeUsedAgainAndALoopIsFound() {
        assertThat(bind("part: &p {size: 4}\noff_by_default: *p\n").offByDefault())
                .isEqualTo(new Part("part", 4));
        bind("bares: &l [*l]\n");
        assertThat(problems.errors()).anyMatch(line -> line.contains("too deep or too large"));
    }

    record Hidden(Secret token, List<Secret> tokens, Map<String, Secret> users) {
        static Hidden defaults() {
            return new Hidden(new Secret(""), List.of(), Map.of());
        }
    }

    @Test
    void secretsAreReadAndNeverShown() {
        ConfigNode node = new YamlReader("f", new Variables(Map.of(), folder), problems)
                .read("{token: hush1, tokens: [hush2], users: {a: hush3}}");
        Hidden bound = new Binder(problems).bind(node, "", Hidden.defaults());
        assertThat(bound.token().value()).isEqualTo("hush1");
        assertThat(bound.tokens().get(0).value()).isEqualTo("hush2");
        assertThat(bound.users().get("a").value()).isEqualTo("hush3");
        assertThat(bound.toString()).doesNotContain("hush");
        assertThat(io.stackhouse.collector.yaml.Settings.defaults(bound).toString())
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hush",
                "token: [hush]",
                "token: {hush: }",
                "tokens: hush",
                "tokens: [[hush]]",
                "users: hush",
                "users: {a: [hush]}"
            })
    void aMistakeAtASecretDoesNotShowIt(String yaml) {
        ConfigNode node = new YamlReader("f", new Variables(Map.of(), folder), problems).read(yaml);
        assertThat(new Binder(problems).bind(node, "", Hidden.defaults())).isNull();
        assertThat(problems.errors()).hasSize(1).first().asString().doesNotContain("hush");
    }

    @Test
    void namesOfAuthenticatorsAreKeptWithTheirPlaces() {
        record Auth(AuthenticatorId authenticator) {}
        record Door(@Nullable Auth auth) {}
        ConfigNode node = new YamlReader("f", new Variables(Map.of(), folder), problems)
                .read("auth:\n  authenticator: basicauth/team\n");
        Binder binder = new Binder(problems);
        assertThat(binder.bind(node, "door", new Door(null)).auth().authenticator())
                .hasToString("basicauth/team");
        assertThat(binder.references())
                .hasToString("[Reference[place=f:2:18, path=door::auth::authenticator, id=basicauth/team]]");
    }

    @ParameterizedTest
    @CsvSource({"5s, 5000", "200ms, 200", "1h30m, 5400000", "1.5s, 1500", "0, 0", "0s, 0", "2m3s4ms, 123004"})
    void readsLengthsOfTime(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.parse(Durations.format(Durations.parse(text)))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "-5s", "5d", "1h30", "9999999999h", "1..5s"})
    void refusesWhatIsNoLengthOfTime(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("is no length of time");
    }

    record Typed(AttributeValue value) {}

    @ParameterizedTest
    @CsvSource({
        "1, LongValue[value=1]",
        "-7, LongValue[value=-7]",
        "'\"1\"', StringValue[value=1]",
        "1.5, DoubleValue[value=1.5]",
        "1e3, DoubleValue[value=1000.0]",
        "true, BoolValue[value=true]",
        "'\"true\"', StringValue[value=true]",
        "0x1f, StringValue[value=0x1f]",
        "a b, StringValue[value=a b]",
        "99999999999999999999, DoubleValue[value=1.0E20]"
    })
    void aValueOfAnyTypeHasTheOneThatYamlGivesIt(String yaml, String value) {
        Variables variables = new Variables(Map.of(), folder);
        ConfigNode node = new YamlReader("f", variables, problems).read("value: " + yaml);
        Typed bound = new Binder(problems).bind(node, "", new Typed(AttributeValue.of("")));
        assertThat(bound).isNotNull();
        assertThat(bound.value()).hasToString(value);
    }

    @Test
    void aValueOfAnyTypeIsShownAsItWouldBeWritten() {
        assertThat(SettingsTree.of(new Typed(AttributeValue.of(7)))).containsEntry("value", 7L);
        assertThat(SettingsTree.of(new Typed(AttributeValue.of(true)))).containsEntry("value", true);
        assertThat(SettingsTree.of(new Typed(new AttributeValue.DoubleValue(0.5))))
                .containsEntry("value", 0.5);
        assertThat(TreeWriter.yaml(SettingsTree.of(new Typed(AttributeValue.of("7")))))
                .isEqualTo("value: \"7\"\n");
    }

    @Test
    void listsSettingsWithTheirDefaults() {
        assertThat(io.stackhouse.collector.yaml.Settings.defaults(DEFAULTS))
                .containsEntry("flush_interval", "1s")
                .containsEntry("max_size", "1KiB")
                .containsEntry("mode", "fast")
                .containsEntry("part.size", "3")
                .containsEntry("off_by_default", "-")
                .containsEntry("off_by_default.size", "7")
                .containsEntry("bares", "[]")
                .containsEntry("limits", "{a: 1}");
    }

    @Test
    void aHintIsANearName() {
        assertThat(Names.hint("recievers", List.of("receivers", "exporters"))).contains("'receivers'");
        assertThat(Names.hint("x", List.of("receivers"))).isEmpty();
        assertThat(Names.hint("y", List.of("a"))).isEmpty();
    }
}
