package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.util.Arrays;

/** What the entries of a unit look like: for each code a tag, whether children follow, and the attributes' names and forms. Threads: one. */
final class Abbreviations {
    private static final int MAX_CODE = 1 << 17;
    private static final int MAX_ATTRIBUTES = 1 << 20;

    private int[] tag = new int[256];
    private boolean[] hasChildren = new boolean[256];
    private int[] first = new int[256];
    private int[] count = new int[256];
    private int[] name = new int[1024];
    private int[] form = new int[1024];
    private long[] constant = new long[1024];
    private int attributes;

    static Abbreviations read(DwarfCursor in, long offset) throws IOException {
        Abbreviations result = new Abbreviations();
        in.at(offset);
        while (true) {
            long code = in.unsigned();
            if (code == 0) {
                return result;
            }
            if (code < 0 || code > MAX_CODE) {
                throw new ElfFormatException("an abbreviation has the code " + code);
            }
            result.add((int) code, in);
        }
    }

    private void add(int code, DwarfCursor in) throws IOException {
        if (code >= tag.length) {
            int capacity = Math.max(code + 1, tag.length * 2);
            tag = Arrays.copyOf(tag, capacity);
            hasChildren = Arrays.copyOf(hasChildren, capacity);
            first = Arrays.copyOf(first, capacity);
            count = Arrays.copyOf(count, capacity);
        }
        tag[code] = (int) in.unsigned();
        hasChildren[code] = in.u8() != 0;
        first[code] = attributes;
        while (true) {
            int n = (int) in.unsigned();
            int f = (int) in.unsigned();
            long value = f == Dwarf.FORM_IMPLICIT_CONST ? in.signed() : 0;
            if (n == 0 && f == 0) {
                count[code] = attributes - first[code];
                return;
            }
            addAttribute(n, f, value);
        }
    }

    private void addAttribute(int n, int f, long value) throws IOException {
        if (attributes == name.length) {
            if (attributes >= MAX_ATTRIBUTES) {
                throw new ElfFormatException("more than " + MAX_ATTRIBUTES + " attributes in a unit's abbreviations");
            }
            name = Arrays.copyOf(name, 2 * attributes);
            form = Arrays.copyOf(form, 2 * attributes);
            constant = Arrays.copyOf(constant, 2 * attributes);
        }
        name[attributes] = n;
        form[attributes] = f;
        constant[attributes++] = value;
    }

    /** Checks a code that was read; an entry's tag is never 0. */
    int code(long read) throws IOException {
        if (read < 1 || read >= tag.length || tag[(int) read] == 0) {
            throw new ElfFormatException("an entry has the unknown code " + read);
        }
        return (int) read;
    }

    int tag(int code) {
        return tag[code];
    }

    boolean hasChildren(int code) {
        return hasChildren[code];
    }

    int first(int code) {
        return first[code];
    }

    int end(int code) {
        return first[code] + count[code];
    }

    int name(int attribute) {
        return name[attribute];
    }

    int form(int attribute) {
        return form[attribute];
    }

    long constant(int attribute) {
        return constant[attribute];
    }
}
