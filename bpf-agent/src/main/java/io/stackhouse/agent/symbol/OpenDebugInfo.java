package io.stackhouse.agent.symbol;

import io.stackhouse.agent.dwarf.DwarfLines;
import io.stackhouse.agent.dwarf.GoLines;
import io.stackhouse.agent.dwarf.SourceLine;
import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.elf.MiniDebugInfo;
import io.stackhouse.agent.elf.Pace;
import io.stackhouse.agent.elf.SymbolTable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one file tells of lines and further names: from itself, a separate file, a compressed symbol table in it, or Go's table. Open until it is closed. Threads: one. */
final class OpenDebugInfo implements AutoCloseable {
    private static final int WINDOW_BYTES = 16 * 1024;
    private static final int MAX_SYMBOLS = 1 << 18;

    private final List<FileChannel> channels = new ArrayList<>();
    private final List<DebugSections> open = new ArrayList<>();
    private final List<Symbols> symbols = new ArrayList<>();
    private @Nullable DwarfLines dwarf;
    private @Nullable GoLines go;

    private OpenDebugInfo() {}

    /** A file with symbols, its window on it. */
    private record Symbols(ElfFile elf, ByteWindow window, SymbolTable[] table) {
        @Nullable
        String nameAt(long address) throws IOException {
            if (table[0] == null || !table[0].covers(address)) {
                table[0] = SymbolTable.read(elf, window, address, new SymbolTable.Limits(MAX_SYMBOLS));
            }
            return table[0].nameAt(address, window);
        }
    }

    /** Opens what there is; one without anything answers nothing. */
    static OpenDebugInfo open(DebugTarget target, DebugFiles files, DebugInfoConfig config, Pace pace)
            throws IOException {
        OpenDebugInfo result = new OpenDebugInfo();
        try {
            FileChannel program = files.openProgram(target);
            if (program != null) {
                result.channels.add(program);
                result.read(program, target, files, new Limits(config.maxInflatedBytes(), pace));
            }
            return result;
        } catch (IOException | RuntimeException e) {
            result.close();
            throw e;
        }
    }

    private record Limits(long maxInflatedBytes, Pace pace) {}

    private void read(FileChannel program, DebugTarget target, DebugFiles files, Limits limits) throws IOException {
        DebugSections own = sections(program, limits);
        ByteWindow window = new ByteWindow(WINDOW_BYTES);
        go = GoLines.read(own, limits.pace);
        if (DwarfLines.isIn(own)) {
            dwarf = new DwarfLines(own, limits.pace);
            return;
        }
        FileChannel separate = files.openSeparate(target, own, limits.pace);
        if (separate != null) {
            channels.add(separate);
            addSymbols(ByteSource.of(separate));
            DebugSections sections = sections(separate, limits);
            dwarf = DwarfLines.isIn(sections) ? new DwarfLines(sections, limits.pace) : null;
        }
        byte[] mini = MiniDebugInfo.read(own, window);
        if (mini != null) {
            addSymbols(ByteSource.of(mini));
        }
    }

    private DebugSections sections(FileChannel channel, Limits limits) throws IOException {
        ByteSource source = ByteSource.of(channel);
        ByteWindow window = new ByteWindow(WINDOW_BYTES).attach(source);
        DebugSections sections = DebugSections.read(source, window, limits.maxInflatedBytes);
        open.add(sections);
        return sections;
    }

    private void addSymbols(ByteSource source) throws IOException {
        ByteWindow window = new ByteWindow(WINDOW_BYTES).attach(source);
        symbols.add(new Symbols(ElfFile.read(window), window, new SymbolTable[1]));
    }

    /** For each frame, which must be sorted by address, what was found. */
    List<List<Frame.Line>> resolve(List<Frame> frames) throws IOException {
        long[] addresses = frames.stream().mapToLong(Frame::address).toArray();
        List<List<SourceLine>> lines = null;
        if (dwarf != null) {
            try {
                lines = dwarf.resolve(addresses);
            } catch (ElfFormatException e) {
                // Its names are still good.
                dwarf = null;
            }
        }
        List<List<Frame.Line>> result = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            List<SourceLine> found = lines == null ? List.of() : lines.get(i);
            if (found.isEmpty() && go != null) {
                found = go.resolve(addresses[i]);
            }
            result.add(named(frames.get(i), found));
        }
        return result;
    }

    /** The outermost function keeps the name of the symbol table, where there is one. */
    private List<Frame.Line> named(Frame frame, List<SourceLine> lines) throws IOException {
        List<Frame.Line> result = new ArrayList<>();
        for (int i = 0; i < lines.size() - 1; i++) {
            result.add(line(nameOf(lines.get(i).function()), lines.get(i)));
        }
        SourceLine last = lines.isEmpty() ? new SourceLine(null, null, 0, 0) : lines.get(lines.size() - 1);
        Frame.Name name = frame.name().function() != null ? frame.name() : Frame.Name.NONE;
        for (int i = 0; i < symbols.size() && name.function() == null; i++) {
            name = nameOf(symbols.get(i).nameAt(frame.address()));
        }
        name = name.function() != null ? name : nameOf(last.function());
        if (name.function() != null || last.file() != null) {
            result.add(line(name, last));
        }
        return result;
    }

    private static Frame.Name nameOf(@Nullable String symbol) {
        return symbol == null ? Frame.Name.NONE : Frame.Name.ofSymbol(symbol);
    }

    private static Frame.Line line(Frame.Name name, SourceLine place) {
        return new Frame.Line(name.function(), name.systemName(), place.file(), place.line(), place.column());
    }

    @Override
    public void close() throws IOException {
        for (DebugSections sections : open) {
            sections.close();
        }
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
