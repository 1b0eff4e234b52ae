package io.stackhouse.agent.dwarf;

/** The attributes of one entry that are asked for; reused from entry to entry. Values are raw: what they mean depends on their form and unit. */
final class Entry {
    int tag;
    boolean hasChildren;
    long offset;

    int lowPcForm;
    long lowPc;
    int highPcForm;
    long highPc;
    int rangesForm;
    long ranges;
    int nameForm;
    long name;
    int linkageNameForm;
    long linkageName;
    int directoryForm;
    long directory;
    int originForm;
    long origin;
    long statements;
    long callFile;
    long callLine;
    long callColumn;
    long addressBase;
    long stringOffsetsBase;
    long rangeListsBase;

    void clear() {
        lowPcForm = 0;
        highPcForm = 0;
        rangesForm = 0;
        nameForm = 0;
        linkageNameForm = 0;
        directoryForm = 0;
        originForm = 0;
        statements = -1;
        callFile = 0;
        callLine = 0;
        callColumn = 0;
        addressBase = -1;
        stringOffsetsBase = -1;
        rangeListsBase = -1;
    }

    void take(int name, int form, long value) {
        switch (name) {
            case Dwarf.AT_LOW_PC -> {
                lowPcForm = form;
                lowPc = value;
            }
            case Dwarf.AT_HIGH_PC -> {
                highPcForm = form;
                highPc = value;
            }
            case Dwarf.AT_RANGES -> {
                rangesForm = form;
                ranges = value;
            }
            case Dwarf.AT_NAME -> {
                nameForm = form;
                this.name = value;
            }
            case Dwarf.AT_LINKAGE_NAME, Dwarf.AT_MIPS_LINKAGE_NAME -> {
                linkageNameForm = form;
                linkageName = value;
            }
            case Dwarf.AT_COMP_DIR -> {
                directoryForm = form;
                directory = value;
            }
            case Dwarf.AT_ABSTRACT_ORIGIN, Dwarf.AT_SPECIFICATION -> {
                originForm = form;
                origin = value;
            }
            case Dwarf.AT_STMT_LIST -> statements = value;
            case Dwarf.AT_CALL_FILE -> callFile = value;
            case Dwarf.AT_CALL_LINE -> callLine = value;
            case Dwarf.AT_CALL_COLUMN -> callColumn = value;
            case Dwarf.AT_ADDR_BASE -> addressBase = value;
            case Dwarf.AT_STR_OFFSETS_BASE -> stringOffsetsBase = value;
            case Dwarf.AT_RNGLISTS_BASE -> rangeListsBase = value;
            default -> {
                // Not needed.
            }
        }
    }
}
