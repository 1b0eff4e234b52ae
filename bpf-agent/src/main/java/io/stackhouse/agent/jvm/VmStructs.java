package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables gHotSpotVMStructs, gHotSpotVMTypes and gHotSpotVMIntConstants, in which every HotSpot since JDK 7 says where its fields are. Immutable after
 * reading; only types that {@link JvmLayout} asks for are kept.
 */
final class VmStructs {
    private static final int MAX_ENTRIES = 8192;
    private static final int MAX_STRIDE = 256;
    private static final int MAX_NAME = 96;

    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, Long> addresses = new HashMap<>();
    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final Map<String, Long> constants = new HashMap<>();
    private final TargetMemory memory;
    private final LoadedLibrary library;

    private VmStructs(TargetMemory memory, LoadedLibrary library) {
        this.memory = memory;
        this.library = library;
    }

    static VmStructs read(TargetMemory memory, LoadedLibrary library) throws TargetReadException {
        VmStructs result = new VmStructs(memory, library);
        result.readFields();
        result.readSizes();
        result.readConstants();
        return result;
    }

    /** Offset of a field in its struct. */
    int offset(String field) throws TargetReadException {
        Long offset = offsets.get(field);
        if (offset == null || offset < 0 || offset > 1 << 16) {
            throw new TargetReadException("this HotSpot does not tell where " + field + " is");
        }
        return offset.intValue();
    }

    boolean hasField(String field) {
        return offsets.containsKey(field);
    }

    /** Address of a static field in this process; 0 if the table does not have it. */
    long address(String field) {
        return addresses.getOrDefault(field, 0L);
    }

    /** The C++ type of a field, as it is written. */
    @Nullable
    String type(String field) {
        return types.get(field);
    }

    /** sizeof. */
    int size(String type) throws TargetReadException {
        Long size = sizes.get(type);
        if (size == null || size <= 0 || size > 1 << 16) {
            throw new TargetReadException("this HotSpot does not tell how large " + type + " is");
        }
        return size.intValue();
    }

    long constant(String name, long otherwise) {
        return constants.getOrDefault(name, otherwise);
    }

    private long number(String symbol) throws TargetReadException {
        return memory.i64(library.address(symbol));
    }

    private int inEntry(String symbol) throws TargetReadException {
        long value = number(symbol);
        if (value < 0 || value > MAX_STRIDE) {
            throw new TargetReadException(symbol + " is " + value);
        }
        return (int) value;
    }

    private void readFields() throws TargetReadException {
        long entry = number("gHotSpotVMStructs");
        int typeName = inEntry("gHotSpotVMStructEntryTypeNameOffset");
        int fieldName = inEntry("gHotSpotVMStructEntryFieldNameOffset");
        int typeString = inEntry("gHotSpotVMStructEntryTypeStringOffset");
        int isStatic = inEntry("gHotSpotVMStructEntryIsStaticOffset");
        int offset = inEntry("gHotSpotVMStructEntryOffsetOffset");
        int address = inEntry("gHotSpotVMStructEntryAddressOffset");
        int stride = inEntry("gHotSpotVMStructEntryArrayStride");
        for (int i = 0; i < MAX_ENTRIES && memory.i64(entry + typeName) != 0; i++, entry += stride) {
            String type = memory.cString(memory.i64(entry + typeName), MAX_NAME);
            if (!JvmLayout.TYPES.contains(type)) {
                continue;
            }
            String name = type + "." + memory.cString(memory.pointer(entry + fieldName), MAX_NAME);
            if (memory.i32(entry + isStatic) != 0) {
                addresses.put(name, memory.i64(entry + address));
            } else {
                offsets.put(name, memory.i64(entry + offset));
            }
            long text = memory.i64(entry + typeString);
            types.put(name, text == 0 ? "" : memory.cString(text, MAX_NAME));
        }
    }

    private void readSizes() throws TargetReadException {
        long entry = number("gHotSpotVMTypes");
        int typeName = inEntry("gHotSpotVMTypeEntryTypeNameOffset");
        int size = inEntry("gHotSpotVMTypeEntrySizeOffset");
        int stride = inEntry("gHotSpotVMTypeEntryArrayStride");
        for (int i = 0; i < MAX_ENTRIES && memory.i64(entry + typeName) != 0; i++, entry += stride) {
            String type = memory.cString(memory.i64(entry + typeName), MAX_NAME);
            if (JvmLayout.TYPES.contains(type)) {
                sizes.put(type, memory.i64(entry + size));
            }
        }
    }

    private void readConstants() throws TargetReadException {
        long entry = number("gHotSpotVMIntConstants");
        int name = inEntry("gHotSpotVMIntConstantEntryNameOffset");
        int value = inEntry("gHotSpotVMIntConstantEntryValueOffset");
        int stride = inEntry("gHotSpotVMIntConstantEntryArrayStride");
        for (int i = 0; i < MAX_ENTRIES && memory.i64(entry + name) != 0; i++, entry += stride) {
            String text = memory.cString(memory.i64(entry + name), MAX_NAME);
            int separator = text.indexOf("::");
            if (separator > 0 && JvmLayout.TYPES.contains(text.substring(0, separator))) {
                constants.put(text, (long) memory.i32(entry + value));
            }
        }
    }
}
