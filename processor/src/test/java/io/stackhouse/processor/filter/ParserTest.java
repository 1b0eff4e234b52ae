package io.stackhouse.processor.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.processor.testing.Contract;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
    private static boolean holds(String text) {
        Cursor cursor = new Cursor();
        cursor.resource.attributes().put("s", "text");
        cursor.resource.attributes().put("n", 5);
        return Parser.parse(text, Signal.TRACES, "").holds(cursor);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 == 1",
                "1 == 1.0",
                "2 > 1.5 and 1.5 >= 1.5",
                "\"a\" < \"b\"",
                "not 1 == 2",
                "not not true",
                "1 == 2 or 1 == 1",
                "1 == 1 or 1 == 2 and 1 == 3",
                "(1 == 1 or 1 == 2) and not (1 == 3)",
                "nil == nil",
                "nil <= nil",
                "resource.attributes[\"missing\"] == nil",
                "resource.attributes[\"missing\"] != \"x\"",
                "resource.attributes[\"s\"] == \"text\"",
                "resource.attributes[\"n\"] == 5 and resource.attributes[\"n\"] < 5.5",
                "resource.attributes[\"n\"] != \"5\"",
                "not (resource.attributes[\"s\"] > 5)",
                "IsMatch(resource.attributes[\"s\"], \"^t.x\")",
                "IsMatch(resource.attributes[\"n\"], \"^5$\") == true",
                "not IsMatch(resource.attributes[\"missing\"], \".*\")",
                "HasPrefix(\"abc\", \"ab\") and HasSuffix(\"abc\", \"bc\")",
                "IsString(resource.attributes[\"s\"]) and IsInt(resource.attributes[\"n\"]) and IsBool(true)",
                "IsDouble(1.5) and not IsDouble(1)",
                "Int(\"7\") == 7 and Int(\"x\") == nil and Double(\"1.5\") == 1.5",
                "span.kind == SPAN_KIND_UNSPECIFIED and span.kind.string == \"Unspecified\"",
                "span.status.code == STATUS_CODE_UNSET",
                "IsRootSpan()",
                "-1 < 0",
                "\"a\\\"\\\\\\n\" != \"a\"",
                "true"
            })
    void holds_(String text) {
        assertThat(holds(text)).isTrue();
        assertThat(holds("not (" + text + ")")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | column 1: found the end; allowed here: a path",
                "1 == | column 5: found the end",
                "1 | column 2: found the end; allowed here: one of ==",
                "\"x\" | column 4: found the end; allowed here: one of ==",
                "1 = 1 | column 3: '=' is no operator; write ==",
                "!true | column 1: '!' is no operator",
                "true and | column 9: found the end",
                "true true | column 6: found 'true'; allowed here: and, or, or the end",
                "(true | column 6: found the end; allowed here: and, or, or )",
                "\"abc | column 1: this text doesn't end",
                "span.nam == 1 | column 1: there is no span.nam in traces; allowed: ",
                "span.attributes == 1 | column 1: span.attributes needs a key; write span.attributes[\"key\"]",
                "span.name[\"x\"] == 1 | column 1: there is no span.name[…] in traces",
                "span.attributes[5] == 1 | column 17: found '5'; allowed here: a key in quotes",
                "profile.type == \"x\" | column 1: there is no profile.type in traces",
                "Concat(\"a\") == 1 | column 1: there is no function Concat; allowed: AnyFrame",
                "IsMatch(span.name) | column 18: found ')'; allowed here: a comma and a pattern",
                "IsMatch(span.name, \"(\") | column 20: \"(\" is no regular expression (RE2): missing closing )",
                "AnyFrame(true) | column 1: AnyFrame is for profiles",
                "true & false | column 6: '&' has no meaning here",
                "\"\\d\" == 1 | column 2: \\d means nothing in a text; write \\\\d",
                "99999999999999999999 == 1 | column 1: 99999999999999999999 is too large",
                "and | column 1: found 'and'; allowed here: a path"
            })
    void saysWhereAConditionIsWrong(String text, String message) {
        assertThatThrownBy(() -> Parser.parse(text, Signal.TRACES, ""))
                .isInstanceOf(ConditionException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void anyFrameNeedsACondition() {
        assertThatThrownBy(() -> Parser.parse("AnyFrame(true)", Signal.PROFILES, ""))
                .hasMessageStartingWith("column 1: AnyFrame needs a condition on frames");
        assertThatThrownBy(() -> Parser.parse("IsRootSpan()", Signal.PROFILES, ""))
                .hasMessageStartingWith("column 1: IsRootSpan is for traces");
    }

    @Test
    void deepNestingIsRefused() {
        String text = "(".repeat(10_000) + "true" + ")".repeat(10_000);
        assertThatThrownBy(() -> Parser.parse(text, Signal.TRACES, "")).hasMessageContaining("more than 50 levels");
        String nots = "not ".repeat(10_000) + "true";
        assertThatThrownBy(() -> Parser.parse(nots, Signal.TRACES, "")).hasMessageContaining("more than 50 levels");
        String functions = "AnyFrame(".repeat(10_000);
        assertThatThrownBy(() -> Parser.parse(functions, Signal.PROFILES, ""))
                .hasMessageContaining("more than 50 levels");
    }

    @Test
    void aContextNamesWhatPathsBeginWith() {
        assertThatCode(() -> Parser.parse(
                        "attributes[\"x\"] == 1 and name == \"y\" and resource.attributes[\"z\"] == 1",
                        Signal.TRACES,
                        "span"))
                .doesNotThrowAnyException();
    }

    /** Whatever stands there: it is a condition that can be decided, or it is refused with a place. */
    @Test
    void nothingElseComesOfRandomInput() {
        String[] words = {
            "and",
            "or",
            "not",
            "(",
            ")",
            "==",
            "!=",
            "<",
            ">=",
            "true",
            "nil",
            "\"t\"",
            "5",
            "1.5",
            "-3",
            "\"",
            "[",
            "]",
            ".",
            ",",
            "span",
            "name",
            "resource.attributes[\"k\"]",
            "profile.type",
            "sample.attributes[\"k\"]",
            "frame.function",
            "AnyFrame(",
            "IsMatch(",
            "\"[a-z]+\"",
            "Int(",
            "HasPrefix(",
            "\\",
            "é",
            "\u0000",
            " ",
            "span.name",
            "IsRootSpan()",
            "SPAN_KIND_SERVER",
            "sample.is_linked",
            "frame.line"
        };
        long seed = Long.getLong("stackhouse.test.seed", 20_261_122L);
        Random random = new Random(seed);
        ProfileBatch batch = (ProfileBatch) Contract.profiles();
        int compiled = 0;
        for (int run = 0; run < 200_000; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(words[random.nextInt(words.length)]).append(random.nextInt(4) == 0 ? "" : " ");
            }
            Signal signal = random.nextBoolean() ? Signal.PROFILES : Signal.TRACES;
            compiled += decides(text.toString(), signal, batch, seed) ? 1 : 0;
        }
        System.out.println("seed " + seed + ": " + compiled + " of 200000 random texts are conditions");
        assertThat(compiled).isGreaterThan(100);
    }

    private static boolean decides(String text, Signal signal, ProfileBatch batch, long seed) {
        try {
            Condition condition = Parser.parse(text, signal, "");
            Cursor cursor = new Cursor();
            cursor.open(batch);
            cursor.open(batch.profile(0));
            condition.holds(cursor);
            return true;
        } catch (ConditionException e) {
            assertThat(e.getMessage()).startsWith("column ");
            return false;
        } catch (EvaluationException e) {
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + ": " + text, e);
        }
    }
}
