package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What several parts of a file's DWARF need: its strings, its addresses, the lists of ranges. Threads: one. */
final class DwarfFile {
    private static final int MAX_RANGES = 1 << 20;

    final DwarfSections sections;

    DwarfFile(DebugSections sections) {
        this.sections = new DwarfSections(sections);
    }

    /** Takes what is found. */
    interface RangeConsumer {
        void accept(long from, long to) throws IOException;
    }

    /** The text of an attribute, null if it has none or it stands in another file. */
    @Nullable
    String text(Unit unit, int form, long value) throws IOException {
        return switch (form) {
            case Dwarf.FORM_STRING ->
                sections.openSecond(".debug_info").at(value).string();
            case Dwarf.FORM_STRP -> sections.open(".debug_str").at(value).string();
            case Dwarf.FORM_LINE_STRP ->
                sections.open(".debug_line_str").at(value).string();
            case Dwarf.FORM_STRX, Dwarf.FORM_STRX1, Dwarf.FORM_STRX2, Dwarf.FORM_STRX3, Dwarf.FORM_STRX4 -> {
                long at = unit.stringOffsetsBase + value * (unit.is64 ? 8 : 4);
                long offset = sections.open(".debug_str_offsets").at(at).offset(unit.is64);
                yield sections.open(".debug_str").at(offset).string();
            }
            default -> null;
        };
    }

    long address(Unit unit, int form, long value) throws IOException {
        boolean isIndex = form == Dwarf.FORM_ADDRX || (form >= Dwarf.FORM_ADDRX1 && form <= Dwarf.FORM_ADDRX4);
        return isIndex ? indexed(unit, value) : value;
    }

    /** The ranges of an entry: low and high, or a list. */
    void ranges(Unit unit, Entry entry, RangeConsumer out) throws IOException {
        if (entry.rangesForm != 0) {
            if (unit.version >= 5) {
                rangeList(unit, entry, out);
            } else {
                oldRanges(unit, entry.ranges, out);
            }
        } else if (entry.lowPcForm != 0 && entry.highPcForm != 0) {
            long low = address(unit, entry.lowPcForm, entry.lowPc);
            boolean isAddress = entry.highPcForm == Dwarf.FORM_ADDR
                    || entry.highPcForm == Dwarf.FORM_ADDRX
                    || (entry.highPcForm >= Dwarf.FORM_ADDRX1 && entry.highPcForm <= Dwarf.FORM_ADDRX4);
            out.accept(low, isAddress ? address(unit, entry.highPcForm, entry.highPc) : low + entry.highPc);
        }
    }

    private long indexed(Unit unit, long index) throws IOException {
        return sections.open(".debug_addr")
                .at(unit.addressBase + index * unit.addressBytes)
                .address(unit.addressBytes);
    }

    private void oldRanges(Unit unit, long offset, RangeConsumer out) throws IOException {
        DwarfCursor in = sections.open(".debug_ranges").at(offset);
        long base = unit.lowPc;
        long highest = unit.addressBytes == 8 ? -1L : 0xffff_ffffL;
        for (int i = 0; i < MAX_RANGES; i++) {
            long from = in.address(unit.addressBytes);
            long to = in.address(unit.addressBytes);
            if (from == 0 && to == 0) {
                return;
            }
            if (from == highest) {
                base = to;
            } else {
                out.accept(base + from, base + to);
            }
        }
    }

    private void rangeList(Unit unit, Entry entry, RangeConsumer out) throws IOException {
        DwarfCursor in = sections.open(".debug_rnglists");
        long offset = entry.ranges;
        if (entry.rangesForm == Dwarf.FORM_RNGLISTX) {
            long at = unit.rangeListsBase + offset * (unit.is64 ? 8 : 4);
            offset = unit.rangeListsBase + in.at(at).offset(unit.is64);
        }
        in.at(offset);
        long base = unit.lowPc;
        for (int i = 0; i < MAX_RANGES; i++) {
            int kind = in.u8();
            switch (kind) {
                case 0 -> {
                    return;
                }
                case 1 -> base = indexed(unit, in.unsigned());
                case 2 -> out.accept(indexed(unit, in.unsigned()), indexed(unit, in.unsigned()));
                case 3 -> {
                    long from = indexed(unit, in.unsigned());
                    out.accept(from, from + in.unsigned());
                }
                case 4 -> {
                    long from = in.unsigned();
                    out.accept(base + from, base + in.unsigned());
                }
                case 5 -> base = in.address(unit.addressBytes);
                case 6 -> out.accept(in.address(unit.addressBytes), in.address(unit.addressBytes));
                case 7 -> {
                    long from = in.address(unit.addressBytes);
                    out.accept(from, from + in.unsigned());
                }
                default -> throw new ElfFormatException("a list of ranges has the unknown kind " + kind);
            }
        }
    }
}
