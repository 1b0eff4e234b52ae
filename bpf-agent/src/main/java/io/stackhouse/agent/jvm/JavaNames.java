package io.stackhouse.agent.jvm;

/**
 * Names of classes as their source has them, without what differs between two runs of the same program: addresses of hidden classes and the numbers of
 * lambdas, proxies and accessors. Stateless.
 */
final class JavaNames {
    private static final String[] NUMBERED = {
        "$$Lambda$",
        "$Proxy",
        "GeneratedMethodAccessor",
        "GeneratedConstructorAccessor",
        "GeneratedSerializationConstructorAccessor"
    };

    private JavaNames() {}

    /** {@code java/util/List} becomes {@code java.util.List}, {@code p/Main$$Lambda$14+0x08f0} becomes {@code p.Main$$Lambda}. */
    static String ofClass(String internal) {
        return withoutNumber(withoutAddress(internal)).replace('/', '.');
    }

    /** A hidden class has {@code +0x} or {@code /0x} and hexadecimal digits behind its name. */
    private static String withoutAddress(String name) {
        int at = name.lastIndexOf("0x");
        boolean isMarked = at > 1 && (name.charAt(at - 1) == '+' || name.charAt(at - 1) == '/');
        if (!isMarked) {
            return name;
        }
        for (int i = at + 2; i < name.length(); i++) {
            if (Character.digit(name.charAt(i), 16) < 0) {
                return name;
            }
        }
        return name.substring(0, at - 1);
    }

    private static String withoutNumber(String name) {
        for (String marker : NUMBERED) {
            int at = name.lastIndexOf(marker);
            int digits = at + marker.length();
            if (at >= 0 && isNumber(name, digits)) {
                return name.substring(0, marker.endsWith("Lambda$") ? digits - 1 : digits);
            }
        }
        return name;
    }

    private static boolean isNumber(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < text.length();
    }
}
