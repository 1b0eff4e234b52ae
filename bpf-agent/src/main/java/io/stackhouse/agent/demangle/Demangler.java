package io.stackhouse.agent.demangle;

import org.jspecify.annotations.Nullable;

/**
 * Turns a symbol into the name that its source has. C++ names get their template arguments and parameters, in the form that binutils prints; Rust names lose their hash.
 *
 * <p>Threads: any; keeps nothing. Never throws for what a symbol says: a name that is not mangled, damaged, deeper than {@value Text#MAX_DEPTH} levels or longer
 * than {@value Text#MAX_CHARS} characters when written out gives null.
 */
public final class Demangler {
    private static final int MAX_SYMBOL_CHARS = 8192;

    private Demangler() {}

    /** The readable name, or null if the symbol is not a mangled name that is understood. */
    public static @Nullable String demangle(String symbol) {
        if (symbol.length() > MAX_SYMBOL_CHARS || symbol.length() < 3 || symbol.charAt(0) != '_') {
            return null;
        }
        try {
            if (symbol.startsWith("_R")) {
                return new RustV0(symbol, 2).demangle();
            }
            int start = symbol.startsWith("_Z") ? 2 : symbol.startsWith("__Z") ? 3 : -1;
            if (start < 0) {
                return null;
            }
            String rust = RustLegacy.demangle(symbol, start);
            return rust != null ? rust : new ItaniumNames(new ItaniumState(symbol, start)).demangle();
        } catch (NotMangledException e) {
            return null;
        }
    }
}
