package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.memory.DecodeMemory;

/**
 * Finds the rows of a dictionary that point outside its tables, once per message, so that a profile that reaches one can be
 * rejected and everything behind the decoder may follow indices without a check. One thread.
 */
final class DictionaryCheck {
    private final RowSet badFunctions;
    private final RowSet badMappings;
    private final RowSet badLocations;
    private final RowSet badStacks;
    private final RowSet badAttributes;
    private final RowSet badLinks;
    private final Dictionary dictionary;

    DictionaryCheck(
            DictionaryColumns columns,
            Dictionary dictionary,
            AnyValueCheck values,
            RowSet badLinks,
            DecodeMemory memory) {
        this.dictionary = dictionary;
        this.badLinks = badLinks;
        this.badFunctions = new RowSet(memory);
        this.badMappings = new RowSet(memory);
        this.badLocations = new RowSet(memory);
        this.badStacks = new RowSet(memory);
        this.badAttributes = new RowSet(memory);
        checkAttributes(columns, values);
        checkFunctions();
        checkMappings();
        checkLocations();
        checkStacks();
    }

    boolean isBadStack(int stack) {
        return isOutside(stack, dictionary.stackCount()) || badStacks.contains(stack);
    }

    boolean isBadAttribute(int attribute) {
        return isOutside(attribute, dictionary.attributeCount()) || badAttributes.contains(attribute);
    }

    boolean isBadLink(int link) {
        return isOutside(link, dictionary.linkCount()) || badLinks.contains(link);
    }

    /** Whether the link is there, but has an id of a length that no id has. */
    boolean hasBadId(int link) {
        return badLinks.contains(link);
    }

    boolean isBadString(int string) {
        return isOutside(string, dictionary.stringCount());
    }

    private void checkAttributes(DictionaryColumns columns, AnyValueCheck values) {
        for (int i = 0; i < dictionary.attributeCount(); i++) {
            boolean isGood = values.isGoodRow(columns.valueOffset.get(i), columns.valueLength.get(i));
            if (!isGood || isBadString(columns.attributeKey.get(i)) || isBadString(columns.attributeUnit.get(i))) {
                badAttributes.add(i);
            }
        }
    }

    private void checkFunctions() {
        for (int i = 0; i < dictionary.functionCount(); i++) {
            if (isBadString(dictionary.functionName(i))
                    || isBadString(dictionary.functionSystemName(i))
                    || isBadString(dictionary.functionFile(i))) {
                badFunctions.add(i);
            }
        }
    }

    private void checkMappings() {
        for (int i = 0; i < dictionary.mappingCount(); i++) {
            boolean bad = isBadString(dictionary.mappingFile(i));
            for (int k = dictionary.mappingAttributeStart(i); k < dictionary.mappingAttributeEnd(i); k++) {
                bad |= isBadAttribute(dictionary.mappingAttribute(k));
            }
            if (bad) {
                badMappings.add(i);
            }
        }
    }

    private void checkLocations() {
        for (int i = 0; i < dictionary.locationCount(); i++) {
            int mapping = dictionary.locationMapping(i);
            boolean bad = isOutside(mapping, dictionary.mappingCount()) || badMappings.contains(mapping);
            for (int k = dictionary.lineStart(i); k < dictionary.lineEnd(i); k++) {
                int function = dictionary.lineFunction(k);
                bad |= isOutside(function, dictionary.functionCount()) || badFunctions.contains(function);
            }
            for (int k = dictionary.locationAttributeStart(i); k < dictionary.locationAttributeEnd(i); k++) {
                bad |= isBadAttribute(dictionary.locationAttribute(k));
            }
            if (bad) {
                badLocations.add(i);
            }
        }
    }

    private void checkStacks() {
        for (int i = 0; i < dictionary.stackCount(); i++) {
            boolean bad = false;
            for (int k = dictionary.stackStart(i); k < dictionary.stackEnd(i) && !bad; k++) {
                int location = dictionary.stackLocation(k);
                bad = isOutside(location, dictionary.locationCount()) || badLocations.contains(location);
            }
            if (bad) {
                badStacks.add(i);
            }
        }
    }

    private static boolean isOutside(int index, int count) {
        return index < 0 || index >= count;
    }
}
