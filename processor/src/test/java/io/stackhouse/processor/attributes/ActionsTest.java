package io.stackhouse.processor.attributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.processor.attributes.ActionConfig.ConvertedType;
import io.stackhouse.processor.attributes.ActionConfig.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each action does, on the attributes of a resource. */
class ActionsTest {
    private static final String SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    static ActionConfig set(Kind kind, String key, AttributeValue value) {
        return new ActionConfig(key, kind, value, null, null, null, null, null);
    }

    static ActionConfig from(Kind kind, String key, String source, AttributeValue otherwise) {
        return new ActionConfig(key, kind, null, source, null, otherwise, null, null);
    }

    static ActionConfig byKey(Kind kind, String key) {
        return new ActionConfig(key, kind, null, null, null, null, null, null);
    }

    static ActionConfig byPattern(Kind kind, String key, String pattern) {
        return new ActionConfig(key, kind, null, null, null, null, pattern, null);
    }

    static ActionConfig convert(String key, ConvertedType type) {
        return new ActionConfig(key, Kind.CONVERT, null, null, null, null, null, type);
    }

    private static String run(Attributes attributes, ActionConfig... actions) {
        List<Action> compiled = List.of(actions).stream().map(Action::new).toList();
        new MapActions(compiled).run(MapActions.target(attributes));
        return attributes.toString();
    }

    private static Attributes attributes() {
        Attributes attributes = new Attributes();
        attributes.put("a", "abc");
        attributes.put("n", 7);
        return attributes;
    }

    @Test
    void insertAddsOnlyWhatIsMissing() {
        AttributeValue x = AttributeValue.of("x");
        assertThat(run(attributes(), set(Kind.INSERT, "a", x), set(Kind.INSERT, "b", x)))
                .isEqualTo("{\"a\":\"abc\",\"n\":7,\"b\":\"x\"}");
    }

    @Test
    void updateChangesOnlyWhatIsThere() {
        AttributeValue x = AttributeValue.of(true);
        assertThat(run(attributes(), set(Kind.UPDATE, "a", x), set(Kind.UPDATE, "b", x)))
                .isEqualTo("{\"a\":true,\"n\":7}");
    }

    @Test
    void upsertDoesBoth() {
        AttributeValue x = AttributeValue.of(5);
        assertThat(run(attributes(), set(Kind.UPSERT, "a", x), set(Kind.UPSERT, "b", x)))
                .isEqualTo("{\"a\":5,\"n\":7,\"b\":5}");
    }

    @Test
    void takesTheValueOfAnotherAttribute() {
        assertThat(run(attributes(), from(Kind.UPSERT, "a", "n", null), from(Kind.INSERT, "c", "missing", null)))
                .isEqualTo("{\"a\":7,\"n\":7}");
    }

    @Test
    void takesTheDefaultWhenTheOtherAttributeIsMissing() {
        AttributeValue otherwise = AttributeValue.of("none");
        assertThat(run(
                        attributes(),
                        from(Kind.INSERT, "c", "missing", otherwise),
                        from(Kind.INSERT, "d", "n", otherwise)))
                .isEqualTo("{\"a\":\"abc\",\"n\":7,\"c\":\"none\",\"d\":7}");
    }

    @Test
    void deletesByKeyAndByPattern() {
        Attributes attributes = attributes();
        attributes.put("http.url", "u");
        attributes.put("http.method", "m");
        assertThat(run(attributes, byKey(Kind.DELETE, "n"), byPattern(Kind.DELETE, null, "^http\\.")))
                .isEqualTo("{\"a\":\"abc\"}");
    }

    @Test
    void aPatternIsFoundAnywhereInAKey() {
        assertThat(run(attributes(), byPattern(Kind.DELETE, "n", "a"))).isEqualTo("{}");
    }

    @Test
    void hashesTextAndNumbers() {
        assertThat(run(attributes(), byKey(Kind.HASH, "a"))).isEqualTo("{\"a\":\"" + SHA256_OF_ABC + "\",\"n\":7}");
        Attributes hashed = attributes();
        run(hashed, byKey(Kind.HASH, "n"));
        assertThat(hashed.text("n", ""))
                .as("of 07 00 00 00 00 00 00 00")
                .isEqualTo("aae89fc0f03e2959ae4d701a80cc3915918c950b159f6abb6c92c1433b1a8534");
    }

    @Test
    void hashesAKeyOnceThatIsMeantTwice() {
        assertThat(run(attributes(), byPattern(Kind.HASH, "a", "^a$")))
                .isEqualTo("{\"a\":\"" + SHA256_OF_ABC + "\",\"n\":7}");
    }

    @Test
    void extractsNamedGroupsAndOverwrites() {
        Attributes attributes = new Attributes();
        attributes.put("http.url", "http://example.com/path?queryParam1=value1");
        attributes.put("http_path", "old");
        String pattern = "^(?P<http_protocol>.*):\\/\\/(?P<http_domain>.*)\\/(?P<http_path>.*)(\\?|\\&)(?P<rest>.*)";
        assertThatThrownBy(() -> byPattern(Kind.EXTRACT, "http.url", pattern))
                .hasMessageContaining("all of them named");
        run(attributes, byPattern(Kind.EXTRACT, "http.url", pattern.replace("(\\?|\\&)", "(?:\\?|\\&)")));
        assertThat(attributes.text("http_protocol", "")).isEqualTo("http");
        assertThat(attributes.text("http_domain", "")).isEqualTo("example.com");
        assertThat(attributes.text("http_path", "")).isEqualTo("path");
        assertThat(attributes.text("rest", "")).isEqualTo("queryParam1=value1");
        assertThat(attributes.contains("http.url")).isTrue();
    }

    @Test
    void extractLeavesAloneWhatDoesNotMatchOrIsNoText() {
        ActionConfig first = byPattern(Kind.EXTRACT, "a", "^(?P<x>[0-9]+)$");
        ActionConfig second = byPattern(Kind.EXTRACT, "n", "^(?P<x>[0-9]+)$");
        assertThat(run(attributes(), first, second)).isEqualTo("{\"a\":\"abc\",\"n\":7}");
    }

    @Test
    void converts() {
        Attributes attributes = new Attributes();
        attributes.put("text", "12");
        attributes.put("double", new AttributeValue.DoubleValue(1.9));
        attributes.put("bool", AttributeValue.of(true));
        attributes.put("word", "word");
        attributes.put("long", 3);
        assertThat(run(
                        attributes,
                        convert("text", ConvertedType.INT),
                        convert("double", ConvertedType.INT),
                        convert("bool", ConvertedType.INT),
                        convert("word", ConvertedType.INT),
                        convert("long", ConvertedType.STRING)))
                .isEqualTo("{\"text\":12,\"double\":1,\"bool\":1,\"word\":\"word\",\"long\":\"3\"}");
        assertThat(run(attributes, convert("long", ConvertedType.DOUBLE), convert("bool", ConvertedType.DOUBLE)))
                .contains("\"long\":3.0", "\"bool\":1.0");
    }

    @Test
    void saysWhatAnActionIsMissing() {
        AttributeValue x = AttributeValue.of("x");
        assertThatThrownBy(() -> byKey(Kind.INSERT, "k")).hasMessageStartingWith("action insert needs one of value");
        assertThatThrownBy(() -> set(Kind.DELETE, "k", x)).hasMessageStartingWith("value isn't used by delete");
        assertThatThrownBy(() -> set(Kind.INSERT, null, x)).hasMessageStartingWith("key must be given for insert");
        assertThatThrownBy(() -> byKey(Kind.DELETE, "")).hasMessageContaining("or a pattern of keys");
        assertThatThrownBy(() -> byPattern(Kind.CONVERT, "k", "x"))
                .hasMessageStartingWith("pattern isn't used by convert");
        assertThatThrownBy(() -> byKey(Kind.CONVERT, "k")).hasMessageStartingWith("converted_type must be given");
        assertThatThrownBy(() -> byPattern(Kind.DELETE, "k", "(")).hasMessageStartingWith("pattern '(' is no regular");
        assertThatThrownBy(() -> byKey(Kind.EXTRACT, "k")).hasMessageStartingWith("pattern must be given for extract");
        assertThatThrownBy(() -> new ActionConfig("k", Kind.INSERT, x, "f", null, null, null, null))
                .hasMessageStartingWith("value and from_attribute");
        assertThatThrownBy(() -> new ActionConfig("k", Kind.INSERT, null, null, "metadata.x", null, null, null))
                .hasMessageStartingWith("from_context is not supported");
    }
}
