package io.stackhouse.agent.interval;

import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.Module;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes stacks into the dictionary of a request. Frames and modules that it has seen in this request cost a lookup. One thread. */
final class FrameRows {
    private static final String NOT_CAPTURED = "[stack not captured]";
    private static final String FRAME_TYPE = "profile.frame.type";
    private static final String BUILD_ID = "process.executable.build_id.gnu";
    private static final String HTL_HASH = "process.executable.build_id.htlhash";
    private static final int FIRST_DEPTH = 256;

    private final ProfilesEncoder encoder;
    private final Map<Frame, Integer> locations = new HashMap<>();
    private final Map<Module, Integer> mappings = new HashMap<>();
    private int[] stack = new int[FIRST_DEPTH];

    FrameRows(ProfilesEncoder encoder) {
        this.encoder = encoder;
    }

    void clear() {
        locations.clear();
        mappings.clear();
    }

    /** Index of the stack; one without frames gets a location that says so. */
    int stack(@Nullable SymbolizedStack symbolized) {
        if (symbolized == null || symbolized.frames().length == 0) {
            int name = encoder.string(NOT_CAPTURED);
            stack[0] = encoder.location(0, 0, encoder.function(name, 0, 0, 0), 0);
            return encoder.stack(stack, 1);
        }
        Frame[] frames = symbolized.frames();
        if (frames.length > stack.length) {
            stack = new int[frames.length];
        }
        for (int i = 0; i < frames.length; i++) {
            stack[i] = location(frames[i]);
        }
        return encoder.stack(stack, frames.length);
    }

    private int location(Frame frame) {
        Integer known = locations.get(frame);
        if (known != null) {
            return known;
        }
        Module module = frame.module();
        int mapping = module == null ? 0 : mapping(module);
        int type = encoder.attribute(FRAME_TYPE, frame.type().attributeValue());
        List<Frame.Line> lines = frame.lines();
        int location = lines.isEmpty()
                ? encoder.location(mapping, frame.address(), function(frame), frame.line(), type)
                : encoder.location(mapping, frame.address(), encoded(lines), type);
        locations.put(frame, location);
        return location;
    }

    private int function(Frame frame) {
        String name = frame.function();
        if (name == null) {
            return 0;
        }
        return encoder.function(encoder.string(name), stringOrNone(frame.systemName()), stringOrNone(frame.file()), 0);
    }

    private long[] encoded(List<Frame.Line> lines) {
        long[] result = new long[3 * lines.size()];
        int i = 0;
        for (Frame.Line line : lines) {
            String name = line.function();
            result[i++] =
                    encoder.function(stringOrNone(name), stringOrNone(line.systemName()), stringOrNone(line.file()), 0);
            result[i++] = line.line();
            result[i++] = line.column();
        }
        return result;
    }

    private int mapping(Module module) {
        Integer known = mappings.get(module);
        if (known != null) {
            return known;
        }
        int[] attributes = new int[2];
        int count = 0;
        if (module.gnuBuildId() != null) {
            attributes[count++] = encoder.attribute(BUILD_ID, module.gnuBuildId());
        }
        if (module.htlHash() != null) {
            attributes[count++] = encoder.attribute(HTL_HASH, module.htlHash());
        }
        int mapping = encoder.mapping(
                module.memoryStart(),
                module.memoryLimit(),
                module.fileOffset(),
                encoder.string(module.fileName()),
                Arrays.copyOf(attributes, count));
        mappings.put(module, mapping);
        return mapping;
    }

    private int stringOrNone(@Nullable String text) {
        return text == null ? 0 : encoder.string(text);
    }
}
