package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;

/** Reads entries of .debug_info one by one. Threads: one. */
final class EntryReader {
    private final DwarfCursor info;

    EntryReader(DwarfCursor info) {
        this.info = info;
    }

    DwarfCursor cursor() {
        return info;
    }

    /** The entry at the cursor; false for the end of a list of children. */
    boolean read(Unit unit, Abbreviations abbreviations, Entry into) throws IOException {
        into.clear();
        into.offset = info.position();
        long raw = info.unsigned();
        if (raw == 0) {
            return false;
        }
        int code = abbreviations.code(raw);
        into.tag = abbreviations.tag(code);
        into.hasChildren = abbreviations.hasChildren(code);
        boolean isWanted = into.tag == Dwarf.TAG_SUBPROGRAM
                || into.tag == Dwarf.TAG_INLINED_SUBROUTINE
                || into.offset == unit.firstEntry;
        int end = abbreviations.end(code);
        for (int i = abbreviations.first(code); i < end; i++) {
            int form = abbreviations.form(i);
            if (form == Dwarf.FORM_INDIRECT) {
                form = (int) info.unsigned();
            }
            if (form == Dwarf.FORM_IMPLICIT_CONST) {
                into.take(abbreviations.name(i), form, abbreviations.constant(i));
            } else {
                long value = value(form, unit);
                if (isWanted) {
                    into.take(abbreviations.name(i), form, value);
                }
            }
        }
        return true;
    }

    private long value(int form, Unit unit) throws IOException {
        return switch (form) {
            case Dwarf.FORM_ADDR -> info.address(unit.addressBytes);
            case Dwarf.FORM_DATA1, Dwarf.FORM_REF1, Dwarf.FORM_FLAG, Dwarf.FORM_STRX1, Dwarf.FORM_ADDRX1 -> info.u8();
            case Dwarf.FORM_DATA2, Dwarf.FORM_REF2, Dwarf.FORM_STRX2, Dwarf.FORM_ADDRX2 -> info.u16();
            case Dwarf.FORM_STRX3, Dwarf.FORM_ADDRX3 -> info.u24();
            case Dwarf.FORM_DATA4, Dwarf.FORM_REF4, Dwarf.FORM_STRX4, Dwarf.FORM_ADDRX4, Dwarf.FORM_REF_SUP4 ->
                info.u32();
            case Dwarf.FORM_DATA8, Dwarf.FORM_REF8, Dwarf.FORM_REF_SIG8, Dwarf.FORM_REF_SUP8 -> info.i64();
            case Dwarf.FORM_SDATA -> info.signed();
            case Dwarf.FORM_UDATA,
                    Dwarf.FORM_REF_UDATA,
                    Dwarf.FORM_STRX,
                    Dwarf.FORM_ADDRX,
                    Dwarf.FORM_LOCLISTX,
                    Dwarf.FORM_RNGLISTX -> info.unsigned();
            case Dwarf.FORM_STRP,
                    Dwarf.FORM_LINE_STRP,
                    Dwarf.FORM_SEC_OFFSET,
                    Dwarf.FORM_STRP_SUP,
                    Dwarf.FORM_GNU_REF_ALT,
                    Dwarf.FORM_GNU_STRP_ALT -> info.offset(unit.is64);
            case Dwarf.FORM_REF_ADDR -> unit.version == 2 ? info.address(unit.addressBytes) : info.offset(unit.is64);
            case Dwarf.FORM_FLAG_PRESENT -> 1;
            default -> block(form);
        };
    }

    /** Values without a number: passed over. Of a string the place is given. */
    private long block(int form) throws IOException {
        long at = info.position();
        switch (form) {
            case Dwarf.FORM_STRING -> info.skipString();
            case Dwarf.FORM_BLOCK, Dwarf.FORM_EXPRLOC -> info.skip(info.unsigned());
            case Dwarf.FORM_BLOCK1 -> info.skip(info.u8());
            case Dwarf.FORM_BLOCK2 -> info.skip(info.u16());
            case Dwarf.FORM_BLOCK4 -> info.skip(info.u32());
            case Dwarf.FORM_DATA16 -> info.skip(16);
            default -> throw new ElfFormatException("an attribute has the unknown form " + form);
        }
        return at;
    }
}
