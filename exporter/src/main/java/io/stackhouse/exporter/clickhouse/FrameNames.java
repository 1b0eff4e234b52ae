package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.identity.FrameAttributes;

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

    /** A location's attributes but its frame type, as a JSON object; empty when there are none. */
    static String otherAttributes(Dictionary dictionary, int location) {
        Attributes others = new Attributes();
        for (int i = dictionary.locationAttributeStart(location); i < dictionary.locationAttributeEnd(location); i++) {
            int attribute = dictionary.locationAttribute(i);
            String key = dictionary.attributeKey(attribute);
            if (!key.equals(FrameAttributes.FRAME_TYPE)) {
                others.put(key, dictionary.attributeValue(attribute));
            }
        }
        return json(others);
    }

    /** A mapping's attributes but the build id that it is known by, as a JSON object; empty when there are none. */
    static String otherMappingAttributes(Dictionary dictionary, int mapping, String buildId) {
        Attributes others = new Attributes();
        for (int i = dictionary.mappingAttributeStart(mapping); i < dictionary.mappingAttributeEnd(mapping); i++) {
            int attribute = dictionary.mappingAttribute(i);
            AttributeValue value = dictionary.attributeValue(attribute);
            String key = dictionary.attributeKey(attribute);
            boolean isKnown =
                    key.equals(FrameAttributes.GNU_BUILD_ID) && value.text().equals(buildId);
            if (!isKnown) {
                others.put(key, value);
            }
        }
        return json(others);
    }

    private static String json(Attributes attributes) {
        return attributes.size() == 0 ? "" : new AttributeValue.MapValue(attributes).text();
    }

    private static boolean isNamed(Dictionary dictionary, int function) {
        return dictionary.stringLength(dictionary.functionName(function)) > 0
                || dictionary.stringLength(dictionary.functionSystemName(function)) > 0;
    }
}
