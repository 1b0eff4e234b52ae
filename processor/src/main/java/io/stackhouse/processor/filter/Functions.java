package io.stackhouse.processor.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.stackhouse.processor.filter.Cell.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions that conditions may use. Stateless; what they return is for one thread. */
final class Functions {
    static final List<String> NAMES = List.of(
            "AnyFrame",
            "Double",
            "HasPrefix",
            "HasSuffix",
            "Int",
            "IsBool",
            "IsDouble",
            "IsInt",
            "IsMatch",
            "IsRootSpan",
            "IsString");
    private static final int MAX_REMEMBERED = 4096;

    private Functions() {}

    /** {@code IsString}, {@code IsInt}, {@code IsDouble}, {@code IsBool}. */
    static Condition.Test.Decision typeTest(String name) {
        return switch (name) {
            case "IsString" -> value -> value.kind == Kind.TEXT;
            case "IsInt" -> value -> value.kind == Kind.LONG;
            case "IsDouble" -> value -> value.kind == Kind.DOUBLE;
            default -> value -> value.kind == Kind.BOOL;
        };
    }

    /** {@code HasPrefix} and {@code HasSuffix}. */
    static Condition.Test.Decision endTest(String name, String end) {
        boolean isPrefix = name.equals("HasPrefix");
        return value -> {
            if (value.kind != Kind.TEXT) {
                throw new EvaluationException(name + " wants a text, and there is none");
            }
            return isPrefix ? value.text.startsWith(end) : value.text.endsWith(end);
        };
    }

    /** {@code IsMatch}: the pattern is found anywhere in the value's text; nothing matches none. Results are remembered. */
    static Condition.Test.Decision match(String pattern, int offset) {
        Pattern compiled;
        try {
            compiled = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new ConditionException(
                    offset, "\"" + pattern + "\" is no regular expression (RE2): " + e.getDescription());
        }
        Map<String, Boolean> remembered = new HashMap<>();
        return value -> {
            if (value.kind == Kind.NIL) {
                return false;
            }
            String text = value.asText();
            Boolean known = remembered.get(text);
            if (known == null) {
                if (remembered.size() >= MAX_REMEMBERED) {
                    remembered.clear();
                }
                known = compiled.matcher(text).find();
                remembered.put(text, known);
            }
            return known;
        };
    }

    /** {@code Int} and {@code Double}: nothing when the value is no number and no text of one. */
    static Operand number(String name, Operand of) {
        boolean isInt = name.equals("Int");
        return Operand.of(of.uses(), (cursor, into) -> {
            of.load(cursor, into);
            if (isInt) {
                toLong(into);
            } else {
                toDouble(into);
            }
        });
    }

    private static void toLong(Cell cell) {
        switch (cell.kind) {
            case LONG -> cell.set(cell.number);
            case BOOL -> cell.set(cell.number);
            case DOUBLE -> cell.set((long) cell.decimal);
            case TEXT -> {
                try {
                    cell.set(Long.parseLong(cell.text));
                } catch (NumberFormatException e) {
                    cell.setNil();
                }
            }
            default -> cell.setNil();
        }
    }

    private static void toDouble(Cell cell) {
        switch (cell.kind) {
            case LONG, BOOL -> cell.set((double) cell.number);
            case DOUBLE -> cell.set(cell.decimal);
            case TEXT -> {
                try {
                    cell.set(Double.parseDouble(cell.text));
                } catch (NumberFormatException e) {
                    cell.setNil();
                }
            }
            default -> cell.setNil();
        }
    }
}
