package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Dictionary;

/** What a frame is called in the table of stacks. Stateless. */
final class FrameNames {
    private static final String UNKNOWN = "[unknown]";

    private FrameNames() {}

    /**
     * The function's name, else its system name, else {@code module+0xaddress}; never empty.
     *
     * @param function 0 for none
     */
    static String name(Dictionary dictionary, int location, int function) {
        if (isNamed(dictionary, function)) {
            String name = dictionary.string(dictionary.functionName(function));
            return name.isEmpty() ? dictionary.string(dictionary.functionSystemName(function)) : name;
        }
        long address = dictionary.locationAddress(location);
        String file = dictionary.string(dictionary.mappingFile(dictionary.locationMapping(location)));
        String module = file.substring(file.lastIndexOf('/') + 1);
        if (address == 0) {
            return module.isEmpty() ? UNKNOWN : module;
        }
        String hex = "0x" + Long.toHexString(address);
        return module.isEmpty() ? hex : module + "+" + hex;
    }

    /** How many of the stack's functions have a name; the same stack may come again with more of them. */
    static int namedFrames(Dictionary dictionary, int stack) {
        int named = 0;
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            int location = dictionary.stackLocation(i);
            for (int line = dictionary.lineStart(location); line < dictionary.lineEnd(location); line++) {
                named += isNamed(dictionary, dictionary.lineFunction(line)) ? 1 : 0;
            }
        }
        return named;
    }

    private static boolean isNamed(Dictionary dictionary, int function) {
        return dictionary.stringLength(dictionary.functionName(function)) > 0
                || dictionary.stringLength(dictionary.functionSystemName(function)) > 0;
    }
}
