package io.stackhouse.agent.demangle;

import java.util.Map;

/** Types, generic arguments and constants of newer Rust names. Threads: one. */
final class RustTypes {
    private static final Map<Character, String> BASIC = Map.ofEntries(
            Map.entry('a', "i8"),
            Map.entry('b', "bool"),
            Map.entry('c', "char"),
            Map.entry('d', "f64"),
            Map.entry('e', "str"),
            Map.entry('f', "f32"),
            Map.entry('h', "u8"),
            Map.entry('i', "isize"),
            Map.entry('j', "usize"),
            Map.entry('l', "i32"),
            Map.entry('m', "u32"),
            Map.entry('n', "i128"),
            Map.entry('o', "u128"),
            Map.entry('p', "_"),
            Map.entry('s', "i16"),
            Map.entry('t', "u16"),
            Map.entry('u', "()"),
            Map.entry('v', "..."),
            Map.entry('x', "i64"),
            Map.entry('y', "u64"),
            Map.entry('z', "!"));

    private final RustV0 names;
    private final Cursor in;
    private long boundLifetimes;

    RustTypes(RustV0 names, Cursor in) {
        this.names = names;
        this.in = in;
    }

    void arguments() {
        boolean isFirst = true;
        while (!in.take('E')) {
            names.write(isFirst ? "" : ", ");
            isFirst = false;
            if (in.take('L')) {
                lifetime(names.base62());
            } else if (in.take('K')) {
                constant();
            } else {
                type();
            }
        }
    }

    void type() {
        names.enter();
        char kind = in.peek();
        String basic = BASIC.get(kind);
        if (basic != null) {
            in.next();
            names.write(basic);
        } else {
            compound(kind);
        }
        names.leave();
    }

    private void compound(char kind) {
        switch (kind) {
            case 'A', 'S' -> {
                in.next();
                names.write("[");
                type();
                if (kind == 'A') {
                    names.write("; ");
                    constant();
                }
                names.write("]");
            }
            case 'T' -> tuple();
            case 'R', 'Q' -> {
                in.next();
                names.write("&");
                if (in.take('L')) {
                    long number = names.base62();
                    if (number != 0) {
                        lifetime(number);
                        names.write(" ");
                    }
                }
                names.write(kind == 'Q' ? "mut " : "");
                type();
            }
            case 'P', 'O' -> {
                in.next();
                names.write(kind == 'P' ? "*const " : "*mut ");
                type();
            }
            case 'F' -> function();
            case 'D' -> dynamic();
            case 'B' -> {
                in.next();
                names.reference(this::type);
            }
            default -> names.path(false);
        }
    }

    private void tuple() {
        in.next();
        names.write("(");
        int count = 0;
        while (!in.take('E')) {
            names.write(count++ == 0 ? "" : ", ");
            type();
        }
        names.write(count == 1 ? ",)" : ")");
    }

    private void function() {
        in.next();
        long outer = binder();
        if (in.take('U')) {
            names.write("unsafe ");
        }
        if (in.take('K')) {
            names.write("extern \"" + (in.take('C') ? "C" : names.identifier().replace('_', '-')) + "\" ");
        }
        names.write("fn(");
        boolean isFirst = true;
        while (!in.take('E')) {
            names.write(isFirst ? "" : ", ");
            isFirst = false;
            type();
        }
        names.write(")");
        if (!in.take('u')) {
            names.write(" -> ");
            type();
        }
        boundLifetimes = outer;
    }

    private void dynamic() {
        in.next();
        names.write("dyn ");
        long outer = binder();
        boolean isFirst = true;
        while (!in.take('E')) {
            names.write(isFirst ? "" : " + ");
            isFirst = false;
            dynamicTrait();
        }
        boundLifetimes = outer;
        in.expect('L');
        long number = names.base62();
        if (number != 0) {
            names.write(" + ");
            lifetime(number);
        }
    }

    /** A trait whose associated types stand within its angle brackets. */
    private void dynamicTrait() {
        boolean isOpen = openPath();
        while (in.take('p')) {
            names.write(isOpen ? ", " : "<");
            isOpen = true;
            names.write(names.identifier() + " = ");
            type();
        }
        names.write(isOpen ? ">" : "");
    }

    private boolean openPath() {
        if (in.take('B')) {
            boolean[] isOpen = new boolean[1];
            names.reference(() -> isOpen[0] = openPath());
            return isOpen[0];
        }
        if (!in.take('I')) {
            names.path(false);
            return false;
        }
        names.path(false);
        names.write("<");
        arguments();
        return true;
    }

    private long binder() {
        long outer = boundLifetimes;
        long count = names.optionalBase62('G');
        if (count < 0 || count > 64) {
            throw new NotMangledException();
        }
        if (count > 0) {
            names.write("for<");
            for (int i = 0; i < count; i++) {
                boundLifetimes++;
                names.write(i == 0 ? "" : ", ");
                lifetime(1);
            }
            names.write("> ");
        }
        return outer;
    }

    private void lifetime(long number) {
        long depth = boundLifetimes - number;
        if (number == 0) {
            names.write("'_");
        } else if (depth < 0 || number < 0) {
            throw new NotMangledException();
        } else {
            names.write(depth < 26 ? "'" + (char) ('a' + depth) : "'_" + depth);
        }
    }

    private void constant() {
        names.enter();
        if (in.take('B')) {
            names.reference(this::constant);
        } else if (in.take('p')) {
            names.write("_");
        } else {
            value(in.next());
        }
        names.leave();
    }

    private void value(char type) {
        if ("abchijlmnostxy".indexOf(type) < 0) {
            throw new NotMangledException();
        }
        boolean isNegative = in.take('n');
        String digits = in.until('_');
        in.expect('_');
        if (digits.length() > 32) {
            throw new NotMangledException();
        }
        names.write((isNegative ? "-" : "") + written(type, digits));
    }

    private static String written(char type, String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), 16) < 0) {
                throw new NotMangledException();
            }
        }
        if (digits.length() > 15) {
            return "0x" + digits;
        }
        long value = digits.isEmpty() ? 0 : Long.parseLong(digits, 16);
        if (type == 'b') {
            return value == 0 ? "false" : "true";
        }
        if (type == 'c') {
            if (!Character.isValidCodePoint((int) Math.min(value, Integer.MAX_VALUE))) {
                throw new NotMangledException();
            }
            return "'" + Character.toString((int) value) + "'";
        }
        return Long.toString(value);
    }
}
