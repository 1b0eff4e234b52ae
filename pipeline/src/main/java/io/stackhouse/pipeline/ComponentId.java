package io.stackhouse.pipeline;

/**
 * A component's id in the configuration: {@code type} or {@code type/name}.
 *
 * @param type the factory's type, such as {@code otlp}
 * @param name the part after the slash, empty when there is none
 */
public record ComponentId(String type, String name) {
    /** Reads {@code type} or {@code type/name}; blanks around the slash are ignored. */
    public static ComponentId parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return new ComponentId(text.strip(), "");
        }
        return new ComponentId(
                text.substring(0, slash).strip(), text.substring(slash + 1).strip());
    }

    @Override
    public String toString() {
        return name.isEmpty() ? type : type + "/" + name;
    }
}
