package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.otlp.ProfileWarnings.Kind;

/**
 * Finds the rows of a dictionary that point outside its tables, once per message, so that a profile that reaches one can be
 * rejected and everything behind the decoder may follow indices without a check. One thread.
 */
final class DictionaryCheck {
    private static final String BUILD_ID = "process.executable.build_id.";

    private final RowSet badFunctions;
    private final RowSet badMappings;
    private final RowSet badLocations;
    private final RowSet badStacks;
    private final RowSet badAttributes;
    private final RowSet badLinks;
    private final Dictionary dictionary;
    private final ProfileWarnings warnings;
    private long negativeLines;

    DictionaryCheck(
            DictionaryColumns columns,
            Dictionary dictionary,
            AnyValueCheck values,
            RowSet badLinks,
            DecodeMemory memory,
            ProfileWarnings warnings) {
        this.dictionary = dictionary;
        this.warnings = warnings;
        this.badLinks = badLinks;
        this.badFunctions = new RowSet(memory);
        this.badMappings = new RowSet(memory);
        this.badLocations = new RowSet(memory);
        this.badStacks = new RowSet(memory);
        this.badAttributes = new RowSet(memory);
        checkAttributes(columns, values);
        if (!areFunctionsSurelyGood(columns)) {
            checkFunctions();
        }
        checkMappings();
        if (!areLocationsSurelyGood(columns)) {
            checkLocations();
        }
        if (!badLocations.isEmpty() || !areInside(columns.stackLocation, dictionary.locationCount())) {
            checkStacks();
        }
        checkLinks();
        warnings.add(Kind.NEGATIVE_LINE, negativeLines);
        warnings.add(Kind.NON_ZERO_FIRST_ROW, nonZeroFirstRows(columns));
    }

    /** Whether all have names, and what they have is in the string table. */
    private boolean areFunctionsSurelyGood(DictionaryColumns columns) {
        int count = dictionary.functionCount();
        return columns.functionName.areBetween(1, dictionary.stringCount(), 1, count)
                && columns.functionName.areBetween(0, dictionary.stringCount(), 0, 1)
                && areInside(columns.functionSystemName, dictionary.stringCount())
                && areInside(columns.functionFile, dictionary.stringCount())
                && columns.functionStartLine.areBelow(Long.MAX_VALUE, 0, count);
    }

    private boolean areLocationsSurelyGood(DictionaryColumns columns) {
        return badFunctions.isEmpty()
                && badMappings.isEmpty()
                && badAttributes.isEmpty()
                && areInside(columns.locationMapping, dictionary.mappingCount())
                && areInside(columns.lineFunction, dictionary.functionCount())
                && areInside(columns.locationAttribute, dictionary.attributeCount())
                && columns.lineNumber.areBelow(Long.MAX_VALUE, 0, columns.lineNumber.size())
                && columns.lineColumn.areBelow(Long.MAX_VALUE, 0, columns.lineColumn.size());
    }

    private static boolean areInside(Ints indices, int count) {
        return indices.areBelow(count, 0, indices.size());
    }

    /** Whether none of these samples has a bad stack, link or attribute; false doesn't say that one has. */
    boolean areSurelyGood(SampleColumns columns, int from, int to, int fromAttribute, int toAttribute) {
        return badStacks.isEmpty()
                && badLinks.isEmpty()
                && badAttributes.isEmpty()
                && columns.stack.areBelow(dictionary.stackCount(), from, to)
                && columns.link.areBelow(dictionary.linkCount(), from, to)
                && columns.attribute.areBelow(dictionary.attributeCount(), fromAttribute, toAttribute);
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
        long nameless = 0;
        for (int i = 0; i < dictionary.functionCount(); i++) {
            int name = dictionary.functionName(i);
            int systemName = dictionary.functionSystemName(i);
            int file = dictionary.functionFile(i);
            if (isBadString(name) || isBadString(systemName) || isBadString(file)) {
                badFunctions.add(i);
            }
            nameless += (name | systemName | file) == 0 && i > 0 ? 1 : 0;
            negativeLines += dictionary.functionStartLine(i) < 0 ? 1 : 0;
        }
        warnings.add(Kind.NAMELESS_FUNCTION, nameless);
    }

    private void checkMappings() {
        long withoutBuildId = 0;
        for (int i = 0; i < dictionary.mappingCount(); i++) {
            boolean bad = isBadString(dictionary.mappingFile(i));
            boolean hasBuildId = i == 0;
            for (int k = dictionary.mappingAttributeStart(i); k < dictionary.mappingAttributeEnd(i); k++) {
                int attribute = dictionary.mappingAttribute(k);
                bad |= isBadAttribute(attribute);
                hasBuildId |= !bad && dictionary.attributeKey(attribute).startsWith(BUILD_ID);
            }
            if (bad) {
                badMappings.add(i);
            }
            withoutBuildId += hasBuildId || bad ? 0 : 1;
        }
        warnings.add(Kind.MISSING_BUILD_ID, withoutBuildId);
    }

    private void checkLocations() {
        for (int i = 0; i < dictionary.locationCount(); i++) {
            int mapping = dictionary.locationMapping(i);
            boolean bad = isOutside(mapping, dictionary.mappingCount()) || badMappings.contains(mapping);
            for (int k = dictionary.lineStart(i); k < dictionary.lineEnd(i); k++) {
                int function = dictionary.lineFunction(k);
                bad |= isOutside(function, dictionary.functionCount()) || badFunctions.contains(function);
                negativeLines += (dictionary.lineNumber(k) | dictionary.lineColumn(k)) < 0 ? 1 : 0;
            }
            for (int k = dictionary.locationAttributeStart(i); k < dictionary.locationAttributeEnd(i); k++) {
                bad |= isBadAttribute(dictionary.locationAttribute(k));
            }
            if (bad) {
                badLocations.add(i);
            }
        }
    }

    private void checkLinks() {
        long incomplete = 0;
        for (int i = 1; i < dictionary.linkCount(); i++) {
            boolean hasTrace = (dictionary.linkTraceHigh(i) | dictionary.linkTraceLow(i)) != 0;
            incomplete += hasTrace == (dictionary.linkSpan(i) != 0) ? 0 : 1;
        }
        warnings.add(Kind.INCOMPLETE_LINK, incomplete);
    }

    /** Of every table, row 0 must be there and say nothing: it is what is referred to when nothing is. */
    private int nonZeroFirstRows(DictionaryColumns columns) {
        int count = dictionary.stringLength(0) > 0 ? 1 : 0;
        count += dictionary.stackEnd(0) > dictionary.stackStart(0) ? 1 : 0;
        count += (dictionary.functionName(0) | dictionary.functionSystemName(0) | dictionary.functionFile(0)) != 0
                        || dictionary.functionStartLine(0) != 0
                ? 1
                : 0;
        count += dictionary.locationMapping(0) != 0
                        || dictionary.locationAddress(0) != 0
                        || dictionary.lineEnd(0) > dictionary.lineStart(0)
                        || dictionary.locationAttributeEnd(0) > dictionary.locationAttributeStart(0)
                ? 1
                : 0;
        count += dictionary.mappingFile(0) != 0
                        || (dictionary.mappingMemoryStart(0) | dictionary.mappingMemoryLimit(0)) != 0
                        || dictionary.mappingFileOffset(0) != 0
                        || dictionary.mappingAttributeEnd(0) > dictionary.mappingAttributeStart(0)
                ? 1
                : 0;
        count += (dictionary.linkTraceHigh(0) | dictionary.linkTraceLow(0) | dictionary.linkSpan(0)) != 0 ? 1 : 0;
        boolean isAttributeSet = isBadAttribute(0)
                || (columns.attributeKey.get(0) | columns.attributeUnit.get(0)) != 0
                || !dictionary.attributeValue(0).equals(AttributeValue.empty());
        return count + (isAttributeSet ? 1 : 0);
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
