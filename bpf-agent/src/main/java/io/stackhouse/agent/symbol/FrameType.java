package io.stackhouse.agent.symbol;

/** The attribute {@code profile.frame.type}. */
public enum FrameType {
    NATIVE("native"),
    KERNEL("kernel"),
    JVM("jvm"),
    V8JS("v8js");

    private final String attributeValue;

    FrameType(String attributeValue) {
        this.attributeValue = attributeValue;
    }

    /** As the semantic conventions write it. */
    public String attributeValue() {
        return attributeValue;
    }
}
