package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import java.util.BitSet;

/**
 * Finds the rows of a dictionary that point outside its tables, once per message, so that a profile that reaches one can be
 * rejected and everything behind the decoder may follow indices without a check. One thread.
 */
final class DictionaryCheck {
    private final BitSet badFunctions = new BitSet();
    private final BitSet badMappings = new BitSet();
    private final BitSet badLocations = new BitSet();
    private final BitSet badStacks = new BitSet();
    private final BitSet badAttributes = new BitSet();
    private final Dictionary dictionary;

    DictionaryCheck(byte[] wire, DictionaryColumns columns, Dictionary dictionary) {
        this.dictionary = dictionary;
        checkAttributes(wire, columns);
        checkFunctions();
        checkMappings();
        checkLocations();
        checkStacks();
    }

    boolean isBadStack(int stack) {
        return isOutside(stack, dictionary.stackCount()) || badStacks.get(stack);
    }

    boolean isBadAttribute(int attribute) {
        return isOutside(attribute, dictionary.attributeCount()) || badAttributes.get(attribute);
    }

    boolean isBadLink(int link) {
        return isOutside(link, dictionary.linkCount());
    }

    boolean isBadString(int string) {
        return isOutside(string, dictionary.stringCount());
    }

    private void checkAttributes(byte[] wire, DictionaryColumns columns) {
        for (int i = 0; i < dictionary.attributeCount(); i++) {
            if (isBadString(columns.attributeKey.get(i)) || isBadString(columns.attributeUnit.get(i))) {
                badAttributes.set(i);
                continue;
            }
            try {
                AnyValues.check(wire, columns.valueOffset.get(i), columns.valueLength.get(i), dictionary.stringCount());
            } catch (RejectedException e) {
                badAttributes.set(i);
            }
        }
    }

    private void checkFunctions() {
        for (int i = 0; i < dictionary.functionCount(); i++) {
            if (isBadString(dictionary.functionName(i))
                    || isBadString(dictionary.functionSystemName(i))
                    || isBadString(dictionary.functionFile(i))) {
                badFunctions.set(i);
            }
        }
    }

    private void checkMappings() {
        for (int i = 0; i < dictionary.mappingCount(); i++) {
            boolean bad = isBadString(dictionary.mappingFile(i));
            for (int k = dictionary.mappingAttributeStart(i); k < dictionary.mappingAttributeEnd(i); k++) {
                bad |= isBadAttribute(dictionary.mappingAttribute(k));
            }
            badMappings.set(i, bad);
        }
    }

    private void checkLocations() {
        for (int i = 0; i < dictionary.locationCount(); i++) {
            int mapping = dictionary.locationMapping(i);
            boolean bad = isOutside(mapping, dictionary.mappingCount()) || badMappings.get(mapping);
            for (int k = dictionary.lineStart(i); k < dictionary.lineEnd(i); k++) {
                int function = dictionary.lineFunction(k);
                bad |= isOutside(function, dictionary.functionCount()) || badFunctions.get(function);
            }
            for (int k = dictionary.locationAttributeStart(i); k < dictionary.locationAttributeEnd(i); k++) {
                bad |= isBadAttribute(dictionary.locationAttribute(k));
            }
            badLocations.set(i, bad);
        }
    }

    private void checkStacks() {
        for (int i = 0; i < dictionary.stackCount(); i++) {
            boolean bad = false;
            for (int k = dictionary.stackStart(i); k < dictionary.stackEnd(i) && !bad; k++) {
                int location = dictionary.stackLocation(k);
                bad = isOutside(location, dictionary.locationCount()) || badLocations.get(location);
            }
            badStacks.set(i, bad);
        }
    }

    private static boolean isOutside(int index, int count) {
        return index < 0 || index >= count;
    }
}
