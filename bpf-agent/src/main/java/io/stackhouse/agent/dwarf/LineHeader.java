package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header of a unit's line program: how to read it, and its files. Threads: one. */
final class LineHeader {
    private static final int MAX_FILES = 1 << 16;
    private static final int CONTENT_PATH = 1;
    private static final int CONTENT_DIRECTORY = 2;

    final long end;
    final int version;
    final int minimumInstruction;
    final int lineBase;
    final int lineRange;
    final int opcodeBase;
    final int[] operands;

    private final DwarfFile file;
    private final Unit unit;
    private final List<String> directories = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Integer> directoryOf = new ArrayList<>();

    /** Reads from the cursor, which then stands at the program. */
    LineHeader(DwarfFile file, Unit unit, DwarfCursor in) throws IOException {
        this.file = file;
        this.unit = unit;
        long length = in.u32();
        boolean is64 = length == 0xffff_ffffL;
        length = is64 ? in.i64() : length;
        end = in.position() + length;
        version = in.u16();
        if (length < 0 || end > in.sizeBytes() || version < 2 || version > 5) {
            throw new ElfFormatException("a line table of version " + version + " and " + length + " bytes");
        }
        if (version >= 5) {
            in.skip(2);
        }
        long headerBytes = in.offset(is64);
        long program = in.position() + headerBytes;
        minimumInstruction = in.u8();
        if (version >= 4) {
            in.skip(1);
        }
        in.skip(1);
        lineBase = (byte) in.u8();
        lineRange = Math.max(1, in.u8());
        opcodeBase = Math.max(1, in.u8());
        operands = new int[opcodeBase];
        for (int i = 1; i < opcodeBase; i++) {
            operands[i] = in.u8();
        }
        if (version >= 5) {
            entries(in, is64, true);
            entries(in, is64, false);
        } else {
            oldEntries(in);
        }
        in.at(program);
    }

    /** The path of a file of the table; null if it has no such file. */
    @Nullable
    String path(long number) {
        long index = version >= 5 ? number : number - 1;
        if (index < 0 || index >= names.size()) {
            return null;
        }
        String name = names.get((int) index);
        if (name.startsWith("/")) {
            return name;
        }
        int directory = directoryOf.get((int) index);
        String folder = version >= 5 ? directoryAt(directory) : directory == 0 ? "" : directoryAt(directory - 1);
        return join(folder.startsWith("/") ? folder : join(unit.directory == null ? "" : unit.directory, folder), name);
    }

    private String directoryAt(int index) {
        return index >= 0 && index < directories.size() ? directories.get(index) : "";
    }

    private static String join(String folder, String name) {
        return folder.isEmpty() ? name : name.isEmpty() ? folder : folder + "/" + name;
    }

    private void oldEntries(DwarfCursor in) throws IOException {
        for (String folder = in.string(); !folder.isEmpty(); folder = in.string()) {
            add(directories, folder);
        }
        for (String name = in.string(); !name.isEmpty(); name = in.string()) {
            add(names, name);
            directoryOf.add((int) in.unsigned());
            in.unsigned();
            in.unsigned();
        }
    }

    private static void add(List<String> list, String text) throws IOException {
        if (list.size() >= MAX_FILES) {
            throw new ElfFormatException("more than " + MAX_FILES + " files in a line table");
        }
        list.add(text);
    }

    private void entries(DwarfCursor in, boolean is64, boolean areDirectories) throws IOException {
        int formats = in.u8();
        int[] content = new int[formats];
        int[] form = new int[formats];
        for (int i = 0; i < formats; i++) {
            content[i] = (int) in.unsigned();
            form[i] = (int) in.unsigned();
        }
        long count = in.unsigned();
        if (count < 0 || count > MAX_FILES || (count > 0 && formats == 0)) {
            throw new ElfFormatException(count + " files in a line table");
        }
        for (long i = 0; i < count; i++) {
            String path = "";
            int directory = 0;
            for (int k = 0; k < formats; k++) {
                if (content[k] == CONTENT_PATH) {
                    path = text(in, form[k], is64);
                } else {
                    long value = number(in, form[k], is64);
                    directory = content[k] == CONTENT_DIRECTORY ? (int) value : directory;
                }
            }
            add(areDirectories ? directories : names, path);
            if (!areDirectories) {
                directoryOf.add(directory);
            }
        }
    }

    private String text(DwarfCursor in, int form, boolean is64) throws IOException {
        if (form == Dwarf.FORM_STRING) {
            return in.string();
        }
        long value = form == Dwarf.FORM_STRP || form == Dwarf.FORM_LINE_STRP ? in.offset(is64) : number(in, form, is64);
        String text = file.text(unit, form, value);
        return text == null ? "" : text;
    }

    private static long number(DwarfCursor in, int form, boolean is64) throws IOException {
        return switch (form) {
            case Dwarf.FORM_UDATA, Dwarf.FORM_STRX -> in.unsigned();
            case Dwarf.FORM_DATA1, Dwarf.FORM_STRX1 -> in.u8();
            case Dwarf.FORM_DATA2, Dwarf.FORM_STRX2 -> in.u16();
            case Dwarf.FORM_STRX3 -> in.u24();
            case Dwarf.FORM_DATA4, Dwarf.FORM_STRX4 -> in.u32();
            case Dwarf.FORM_DATA8 -> in.i64();
            case Dwarf.FORM_STRP, Dwarf.FORM_LINE_STRP, Dwarf.FORM_SEC_OFFSET -> in.offset(is64);
            case Dwarf.FORM_DATA16 -> skipped(in, 16);
            case Dwarf.FORM_BLOCK -> skipped(in, in.unsigned());
            default -> throw new ElfFormatException("a line table has the unknown form " + form);
        };
    }

    private static long skipped(DwarfCursor in, long bytes) throws IOException {
        in.skip(bytes);
        return 0;
    }
}
