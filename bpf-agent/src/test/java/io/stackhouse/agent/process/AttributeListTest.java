package io.stackhouse.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeListTest {
    private final Map<String, String> found = new LinkedHashMap<>();

    @Test
    void decodesPercentEscapesInKeysAndValues() {
        assertThat(AttributeList.parse(" a%2Cb = 1%3D2 ,c=%E2%82%AC, d = plain=sign ,,e=%41", found))
                .isTrue();
        assertThat(found)
                .containsEntry("a,b", "1=2")
                .containsEntry("c", "€")
                .containsEntry("d", "plain=sign")
                .containsEntry("e", "A");
    }

    @Test
    void takesTheLastOfSeveral() {
        assertThat(AttributeList.parse("a=1,a=2", found)).isTrue();
        assertThat(found).containsExactly(Map.entry("a", "2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=b", "a=%", "a=%4", "a=%zz", "a=%ff", "a=1,b", "a=1, =2"})
    void refusesAListWithAMistakeAsAWhole(String list) {
        assertThat(AttributeList.parse(list, found)).isFalse();
        assertThat(found).isEmpty();
    }

    @Test
    void refusesMoreThanItsBounds() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 129; i++) {
            many.append("k").append(i).append("=v,");
        }
        assertThat(AttributeList.parse(many.toString(), found)).isFalse();
        assertThat(AttributeList.parse("k".repeat(256) + "=v", found)).isFalse();
        assertThat(found).isEmpty();
    }
}
