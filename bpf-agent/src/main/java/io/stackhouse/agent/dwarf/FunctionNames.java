package io.stackhouse.agent.dwarf;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of functions in .debug_info: their own, or those of the entries that they refer to. Remembers some. Threads: one. */
final class FunctionNames {
    private static final int MAX_HOPS = 8;
    private static final int MAX_REMEMBERED = 4096;

    private final DwarfFile file;
    private final UnitTable units;
    private final Map<Long, Unit> headers = new LinkedHashMap<>();
    private final Map<Long, Abbreviations> abbreviations = new LinkedHashMap<>();
    private final Map<Long, String> known = new LinkedHashMap<>();
    private final Entry entry = new Entry();

    FunctionNames(DwarfFile file, UnitTable units) {
        this.file = file;
        this.units = units;
    }

    /** Null if it has none, or one in another file. */
    @Nullable
    String nameOf(Unit unit, InlineScan.Call call) throws IOException {
        String name = text(unit, call.linkageForm(), call.linkage());
        if (name != null || call.originForm() == 0) {
            return name != null ? name : text(unit, call.nameForm(), call.name());
        }
        long target = target(unit, call.originForm(), call.origin());
        if (target < 0) {
            return text(unit, call.nameForm(), call.name());
        }
        String remembered = known.get(target);
        if (remembered == null) {
            remembered = follow(target, text(unit, call.nameForm(), call.name()));
            if (remembered != null) {
                if (known.size() >= MAX_REMEMBERED) {
                    known.clear();
                }
                known.put(target, remembered);
            }
        }
        return remembered;
    }

    private @Nullable String follow(long first, @Nullable String plain) throws IOException {
        long target = first;
        String name = plain;
        for (int hop = 0; hop < MAX_HOPS && target >= 0; hop++) {
            Unit unit = unit(units.unitAt(target));
            DwarfCursor info = file.sections.openSecond(".debug_info").at(target);
            if (!new EntryReader(info).read(unit, abbreviations(unit), entry)) {
                return name;
            }
            int originForm = entry.originForm;
            long origin = entry.origin;
            String linkage = text(unit, entry.linkageNameForm, entry.linkageName);
            if (linkage != null) {
                return linkage;
            }
            name = name == null ? text(unit, entry.nameForm, entry.name) : name;
            target = originForm == 0 ? -1 : target(unit, originForm, origin);
        }
        return name;
    }

    private @Nullable String text(Unit unit, int form, long value) throws IOException {
        return form == 0 ? null : file.text(unit, form, value);
    }

    /** Where a reference leads in .debug_info; -1 if into another file. */
    private static long target(Unit unit, int form, long value) {
        return switch (form) {
            case Dwarf.FORM_REF1, Dwarf.FORM_REF2, Dwarf.FORM_REF4, Dwarf.FORM_REF8, Dwarf.FORM_REF_UDATA ->
                unit.offset + value;
            case Dwarf.FORM_REF_ADDR -> value;
            default -> -1;
        };
    }

    Unit unit(long offset) throws IOException {
        Unit unit = headers.get(offset);
        if (unit == null) {
            DwarfCursor info = file.sections.openSecond(".debug_info").at(offset);
            unit = Unit.read(info);
            Entry first = new Entry();
            if (new EntryReader(info).read(unit, abbreviations(unit), first)) {
                UnitTable.complete(file, unit, first);
            }
            if (headers.size() >= 64) {
                headers.clear();
            }
            headers.put(offset, unit);
        }
        return unit;
    }

    Abbreviations abbreviations(Unit unit) throws IOException {
        Abbreviations table = abbreviations.get(unit.abbreviations);
        if (table == null) {
            table = Abbreviations.read(file.sections.open(".debug_abbrev"), unit.abbreviations);
            if (abbreviations.size() >= 16) {
                abbreviations.clear();
            }
            abbreviations.put(unit.abbreviations, table);
        }
        return table;
    }
}
