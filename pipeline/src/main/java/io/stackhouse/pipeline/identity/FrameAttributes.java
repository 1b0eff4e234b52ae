package io.stackhouse.pipeline.identity;

import io.stackhouse.pipeline.batch.Dictionary;

/** What the attributes of a location or a mapping say about a frame (OpenTelemetry semantic conventions, profiles). Stateless. */
public final class FrameAttributes {
    public static final String FRAME_TYPE = "profile.frame.type";
    public static final String GNU_BUILD_ID = "process.executable.build_id.gnu";
    public static final String GO_BUILD_ID = "process.executable.build_id.go";
    public static final String HTL_HASH = "process.executable.build_id.htlhash";

    private FrameAttributes() {}

    /** The frame's type, such as {@code native} or {@code jvm}; empty when it isn't told. */
    public static String frameType(Dictionary dictionary, int location) {
        for (int i = dictionary.locationAttributeStart(location); i < dictionary.locationAttributeEnd(location); i++) {
            int attribute = dictionary.locationAttribute(i);
            if (dictionary.attributeKey(attribute).equals(FRAME_TYPE)) {
                return dictionary.attributeValue(attribute).text();
            }
        }
        return "";
    }

    /** The mapping's GNU build id, else Go's, else the htlhash; empty when it has none. */
    public static String buildId(Dictionary dictionary, int mapping) {
        String go = "";
        String htl = "";
        for (int i = dictionary.mappingAttributeStart(mapping); i < dictionary.mappingAttributeEnd(mapping); i++) {
            int attribute = dictionary.mappingAttribute(i);
            String key = dictionary.attributeKey(attribute);
            if (key.equals(GNU_BUILD_ID)) {
                return dictionary.attributeValue(attribute).text();
            } else if (key.equals(GO_BUILD_ID)) {
                go = dictionary.attributeValue(attribute).text();
            } else if (key.equals(HTL_HASH)) {
                htl = dictionary.attributeValue(attribute).text();
            }
        }
        return go.isEmpty() ? htl : go;
    }
}
