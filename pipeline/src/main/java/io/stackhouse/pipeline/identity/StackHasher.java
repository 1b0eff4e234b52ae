package io.stackhouse.pipeline.identity;

import io.stackhouse.pipeline.batch.Dictionary;
import java.util.Set;

/**
 * StackHash version 1: what a stack is known by in the store, equal wherever and whenever the same stack is seen.
 *
 * <p>Every hash is 64-bit XXH3 with seed 1, the version, over 8-byte little-endian words; a string's word is the XXH3 of its
 * UTF-8. A stack is the words of its frames, leaf first. A frame is, by what is known of it:
 *
 * <ul>
 *   <li>code in a file with a build id (GNU, else Go's, else htlhash): {1, build id, ELF address}: the names may be missing and
 *       come later under the same hash;
 *   <li>code in a file without one: {2, file name, address − memory start + file offset};
 *   <li>code of a managed runtime, or without a file: {3, frame type, then for each inlined line: name, system name, file,
 *       line}; never an address, since it changes with each run. Generated names are normalised first ({@link GeneratedNames});
 *   <li>the same without any line: {4, frame type, address}.
 * </ul>
 *
 * <p>One per dictionary, one thread; the words of strings, mappings and locations are computed once.
 */
public final class StackHasher {
    /** The version that is the seed of every hash. */
    public static final long VERSION = 1;

    private static final Set<String> MANAGED =
            Set.of("jvm", "cpython", "v8js", "dotnet", "ruby", "php", "perl", "beam", "luajit");
    private static final long FILE_WITH_BUILD_ID = 1;
    private static final long FILE = 2;
    private static final long NAMES = 3;
    private static final long NAMELESS = 4;

    private final Dictionary dictionary;
    private final Hash64 hash = new Hash64(VERSION);
    private final long[] locationHash;
    private final boolean[] isLocationKnown;
    private final long[] stackHash;
    private final boolean[] isStackKnown;
    private final long[] nameHash;
    private final boolean[] isNameKnown;

    public StackHasher(Dictionary dictionary) {
        this.dictionary = dictionary;
        this.locationHash = new long[dictionary.locationCount()];
        this.isLocationKnown = new boolean[dictionary.locationCount()];
        this.stackHash = new long[dictionary.stackCount()];
        this.isStackKnown = new boolean[dictionary.stackCount()];
        this.nameHash = new long[dictionary.stringCount()];
        this.isNameKnown = new boolean[dictionary.stringCount()];
    }

    /** The hash of a stack of the dictionary; an empty stack, such as stack 0, has 0. */
    public long hash(int stack) {
        if (!isStackKnown[stack]) {
            stackHash[stack] = computeStack(stack);
            isStackKnown[stack] = true;
        }
        return stackHash[stack];
    }

    private long computeStack(int stack) {
        int start = dictionary.stackStart(stack);
        int end = dictionary.stackEnd(stack);
        if (start == end) {
            return 0;
        }
        for (int i = start; i < end; i++) {
            int location = dictionary.stackLocation(i);
            if (!isLocationKnown[location]) {
                locationHash[location] = computeLocation(location);
                isLocationKnown[location] = true;
            }
        }
        hash.begin();
        for (int i = start; i < end; i++) {
            hash.add(locationHash[dictionary.stackLocation(i)]);
        }
        return hash.end();
    }

    private long computeLocation(int location) {
        int mapping = dictionary.locationMapping(location);
        long address = dictionary.locationAddress(location);
        String frameType = FrameAttributes.frameType(dictionary, location);
        if (mapping != 0 && address != 0 && !MANAGED.contains(frameType)) {
            String buildId = FrameAttributes.buildId(dictionary, mapping);
            if (!buildId.isEmpty()) {
                long id = hash.ofString(buildId);
                hash.begin();
                return hash.add(FILE_WITH_BUILD_ID).add(id).add(address).end();
            }
            if (dictionary.stringLength(dictionary.mappingFile(mapping)) > 0) {
                long file = name(dictionary.mappingFile(mapping));
                long offset = address - dictionary.mappingMemoryStart(mapping) + dictionary.mappingFileOffset(mapping);
                hash.begin();
                return hash.add(FILE).add(file).add(offset).end();
            }
        }
        return computeNames(location, frameType);
    }

    private long computeNames(int location, String frameType) {
        int start = dictionary.lineStart(location);
        int end = dictionary.lineEnd(location);
        if (start == end) {
            // Nothing but an address: better two hashes for the same code than one for all code without a name.
            long type = hash.ofString(frameType);
            hash.begin();
            return hash.add(NAMELESS)
                    .add(type)
                    .add(dictionary.locationAddress(location))
                    .end();
        }
        long[] words = new long[1 + 4 * (end - start)];
        int count = 0;
        words[count++] = hash.ofString(frameType);
        for (int line = start; line < end; line++) {
            int function = dictionary.lineFunction(line);
            words[count++] = name(dictionary.functionName(function));
            words[count++] = name(dictionary.functionSystemName(function));
            words[count++] = name(dictionary.functionFile(function));
            words[count++] = dictionary.lineNumber(line);
        }
        hash.begin();
        hash.add(NAMES);
        for (long word : words) {
            hash.add(word);
        }
        return hash.end();
    }

    private long name(int string) {
        if (!isNameKnown[string]) {
            nameHash[string] = hash.ofString(GeneratedNames.normalized(dictionary.string(string)));
            isNameKnown[string] = true;
        }
        return nameHash[string];
    }
}
