package io.stackhouse.processor.attributes;

import com.google.re2j.Pattern;
import io.stackhouse.processor.attributes.MatchConfig.MatchType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether a text is one of several, or matches one of several patterns; no texts at all match any. One thread. */
final class TextMatch {
    private static final int MAX_REMEMBERED = 4096;

    private final List<String> texts;
    private final List<Pattern> patterns = new ArrayList<>();
    private final Map<String, Boolean> remembered = new HashMap<>();

    TextMatch(MatchType type, List<String> texts) {
        this.texts = List.copyOf(texts);
        if (type == MatchType.REGEXP) {
            for (String text : texts) {
                patterns.add(Pattern.compile(text));
            }
        }
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    boolean matches(String text) {
        if (texts.isEmpty()) {
            return true;
        }
        if (patterns.isEmpty()) {
            return texts.contains(text);
        }
        Boolean known = remembered.get(text);
        if (known != null) {
            return known;
        }
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        boolean isFound = false;
        for (int i = 0; i < patterns.size() && !isFound; i++) {
            isFound = patterns.get(i).matcher(text).find();
        }
        remembered.put(text, isFound);
        return isFound;
    }
}
