package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.Attributes;
import java.util.function.Predicate;

/** Those attributes of a source that are wanted. */
final class WantedAttributes implements AttributeSource {
    private final AttributeSource source;
    private final Predicate<String> isWanted;

    WantedAttributes(AttributeSource source, Predicate<String> isWanted) {
        this.source = source;
        this.isWanted = isWanted;
    }

    @Override
    public void detect(Attributes into) {
        Attributes found = new Attributes();
        source.detect(found);
        for (int i = 0; i < found.size(); i++) {
            if (isWanted.test(found.key(i))) {
                into.putIfAbsent(found.key(i), found.value(i));
            }
        }
    }
}
