package io.stackhouse.agent.demangle;

/**
 * Rust names in their newer form ({@code _R}). One pass that writes while it reads; references back are read again at their place, so steps and output are
 * bounded. Threads: one.
 */
final class RustV0 {
    private static final int MAX_DEPTH = 96;
    private static final int MAX_STEPS = 50_000;

    private final Cursor in;
    private final int start;
    private final Text out = new Text();
    private final RustTypes types;
    private int depth;
    private int steps;
    private int silent;

    RustV0(String symbol, int start) {
        in = new Cursor(symbol, start);
        this.start = start;
        types = new RustTypes(this, in);
    }

    String demangle() {
        path(true);
        if (!in.isAtEnd() && in.peek() != '.') {
            // The crate that made the instance: read, not shown.
            silent++;
            path(false);
            silent--;
        }
        if (!in.isAtEnd() && in.peek() != '.') {
            throw new NotMangledException();
        }
        return out.toString();
    }

    void write(String text) {
        if (silent == 0) {
            out.append(text);
        }
    }

    void enter() {
        if (++depth > MAX_DEPTH || ++steps > MAX_STEPS) {
            throw new NotMangledException();
        }
    }

    void leave() {
        depth--;
    }

    void path(boolean isValue) {
        enter();
        char kind = in.next();
        switch (kind) {
            case 'C' -> {
                disambiguator();
                write(identifier());
            }
            case 'N' -> nested(isValue);
            case 'M', 'X' -> {
                disambiguator();
                silent++;
                path(false);
                silent--;
                implementation(kind == 'X');
            }
            case 'Y' -> implementation(true);
            case 'I' -> {
                path(isValue);
                write(isValue ? "::<" : "<");
                types.arguments();
                write(">");
            }
            case 'B' -> reference(() -> path(isValue));
            default -> throw new NotMangledException();
        }
        leave();
    }

    private void implementation(boolean isOfTrait) {
        write("<");
        types.type();
        if (isOfTrait) {
            write(" as ");
            path(false);
        }
        write(">");
    }

    private void nested(boolean isValue) {
        char space = in.next();
        path(isValue);
        long number = disambiguator();
        String name = identifier();
        if (space >= 'A' && space <= 'Z') {
            String what = space == 'C' ? "closure" : space == 'S' ? "shim" : String.valueOf(space);
            write("::{" + what + (name.isEmpty() ? "" : ":" + name) + "#" + number + "}");
        } else if (space >= 'a' && space <= 'z') {
            write(name.isEmpty() ? "" : "::" + name);
        } else {
            throw new NotMangledException();
        }
    }

    /** Reads what stands at an earlier place of the name. */
    void reference(Runnable reader) {
        int at = in.position() - 1;
        long target = start + base62();
        if (target < start || target >= at) {
            throw new NotMangledException();
        }
        if (silent > 0) {
            return;
        }
        int back = in.position();
        in.moveTo((int) target);
        reader.run();
        in.moveTo(back);
    }

    long disambiguator() {
        return in.take('s') ? base62() + 1 : 0;
    }

    long optionalBase62(char mark) {
        return in.take(mark) ? base62() + 1 : 0;
    }

    long base62() {
        if (in.take('_')) {
            return 0;
        }
        long value = 0;
        while (!in.take('_')) {
            char c = in.next();
            int digit = c >= '0' && c <= '9'
                    ? c - '0'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 36 : -1;
            if (digit < 0) {
                throw new NotMangledException();
            }
            // Hashes of crates fill all 64 bits; what wraps around is no place that a reference could lead to.
            value = value * 62 + digit;
        }
        return value + 1;
    }

    String identifier() {
        boolean isPunycode = in.take('u');
        // A length has no leading zero: what follows one belongs to something else.
        int length = in.take('0') ? 0 : in.number();
        in.take('_');
        String text = in.chars(length);
        return isPunycode ? Punycode.decode(text) : text;
    }
}
