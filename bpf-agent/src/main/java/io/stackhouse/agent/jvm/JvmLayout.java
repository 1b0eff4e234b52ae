package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetReadException;
import java.util.Set;

/**
 * Where one build of HotSpot has what is needed here. The fields that moved between releases: up to 22 the parts of a compiled method are found by
 * pointers and by offsets from its begin; from 23 on the scopes lie in memory of their own, and what the code refers to as well. Immutable. Threads: any.
 */
final class JvmLayout {
    /** Types whose fields, sizes and constants are kept. */
    static final Set<String> TYPES = Set.of(
            "AbstractInterpreter",
            "Abstract_VM_Version",
            "CodeBlob",
            "CodeCache",
            "CodeHeap",
            "CompiledMethod",
            "ConstMethod",
            "ConstantPool",
            "ContinuationEntry",
            "GrowableArray<int>",
            "GrowableArrayBase",
            "GenericGrowableArray",
            "HeapBlock",
            "Klass",
            "Method",
            "PcDesc",
            "StubQueue",
            "StubRoutines",
            "Symbol",
            "VirtualSpace",
            "nmethod");

    /** From this release on the variable-length numbers of debug information exclude zero bytes. */
    private static final int NO_ZERO_BYTES_RELEASE = 20;

    private static final int ABSENT = -1;

    final int release;

    final int heapBlockBytes;
    final int blobBytes;
    final int blobName;
    final int frameSize;
    final int frameComplete;
    final boolean isFrameCompleteShort;
    /** A pointer in the blob if {@link #isCodePointer}, else an offset from its begin. */
    final int code;

    final boolean isCodePointer;
    final int deoptHandler;
    final boolean isDeoptPointer;
    final int originalPc;
    final int compileId;
    final int nmethodMethod;

    final int scopesPcs;
    final int scopesPcsEnd;
    final int scopesData;
    final int metadata;
    final int immutableData;
    final int mutableData;
    final int relocationBytes;

    final int constMethod;
    final int constMethodBytes;
    final int constants;
    final int constMethodFlags;
    final int codeBytes;
    final int nameIndex;
    final int signatureIndex;
    final int constantPoolBytes;
    final int constantPoolLength;
    final int poolHolder;
    final int sourceFileIndex;
    final int klassName;
    final int symbolLength;
    final int symbolBody;
    final int pcDescBytes;
    final int pcDescPc;
    final int pcDescScope;
    final int lineTableFlag;

    JvmLayout(VmStructs vm, int release) throws TargetReadException {
        this.release = release;
        heapBlockBytes = vm.size("HeapBlock");
        blobBytes = vm.size("nmethod");
        blobName = vm.offset("CodeBlob._name");
        frameSize = vm.offset("CodeBlob._frame_size");
        frameComplete = vm.offset("CodeBlob._frame_complete_offset");
        isFrameCompleteShort = "int16_t".equals(vm.type("CodeBlob._frame_complete_offset"));
        isCodePointer = vm.hasField("CodeBlob._code_begin");
        code = vm.offset(isCodePointer ? "CodeBlob._code_begin" : "CodeBlob._code_offset");
        isDeoptPointer = !vm.hasField("nmethod._deopt_handler_offset");
        deoptHandler =
                isDeoptPointer ? ofCompiled(vm, "_deopt_handler_begin") : vm.offset("nmethod._deopt_handler_offset");
        originalPc = vm.offset("nmethod._orig_pc_offset");
        compileId = vm.offset("nmethod._compile_id");
        nmethodMethod = ofCompiled(vm, "_method");
        scopesPcs = vm.offset("nmethod._scopes_pcs_offset");
        boolean isSplit = vm.hasField("nmethod._immutable_data");
        immutableData = isSplit ? vm.offset("nmethod._immutable_data") : ABSENT;
        scopesData = isSplit ? vm.offset("nmethod._scopes_data_offset") : ofCompiled(vm, "_scopes_data_begin");
        scopesPcsEnd = isSplit ? scopesData : vm.offset("nmethod._dependencies_offset");
        metadata = vm.hasField("nmethod._metadata_offset") ? vm.offset("nmethod._metadata_offset") : ABSENT;
        mutableData = metadata == ABSENT ? vm.offset("CodeBlob._mutable_data") : ABSENT;
        relocationBytes = metadata == ABSENT ? vm.offset("CodeBlob._relocation_size") : ABSENT;
        constMethod = vm.offset("Method._constMethod");
        constMethodBytes = vm.size("ConstMethod");
        constants = vm.offset("ConstMethod._constants");
        constMethodFlags =
                vm.offset(vm.hasField("ConstMethod._flags") ? "ConstMethod._flags" : "ConstMethod._flags._flags");
        codeBytes = vm.offset("ConstMethod._code_size");
        nameIndex = vm.offset("ConstMethod._name_index");
        signatureIndex = vm.offset("ConstMethod._signature_index");
        constantPoolBytes = vm.size("ConstantPool");
        constantPoolLength = vm.offset("ConstantPool._length");
        poolHolder = vm.offset("ConstantPool._pool_holder");
        sourceFileIndex = vm.offset("ConstantPool._source_file_name_index");
        klassName = vm.offset("Klass._name");
        symbolLength = vm.offset("Symbol._length");
        symbolBody = vm.offset("Symbol._body");
        pcDescBytes = vm.size("PcDesc");
        pcDescPc = vm.offset("PcDesc._pc_offset");
        pcDescScope = vm.offset("PcDesc._scope_decode_offset");
        lineTableFlag = (int) vm.constant("ConstMethod::_has_linenumber_table", 1);
    }

    /** What is added to each byte of a variable-length number so that none is zero. */
    int excludedBytes() {
        return release >= NO_ZERO_BYTES_RELEASE ? 1 : 0;
    }

    /** Whether scopes lie in memory of their own. */
    boolean hasImmutableData() {
        return immutableData != ABSENT;
    }

    boolean hasMetadataOffset() {
        return metadata != ABSENT;
    }

    private static int ofCompiled(VmStructs vm, String field) throws TargetReadException {
        return vm.offset(vm.hasField("CompiledMethod." + field) ? "CompiledMethod." + field : "nmethod." + field);
    }
}
