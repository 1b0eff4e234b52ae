package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.SymbolTable;
import io.stackhouse.agent.process.VdsoImage;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The vdso: code that the kernel maps into each process. It is the same in all 64-bit processes, so that it is read once, out of our own memory. In a process whose
 * vdso has another size (a 32-bit one) nothing is named. Threads: one.
 */
final class Vdso {
    private static final String NAME = "[vdso]";

    private final FrameCache frames;
    private final ByteWindow window;
    private byte[] image = new byte[0];
    private @Nullable SymbolTable table;
    private Module module = new Module(NAME, 0, 0, 0, null, null);
    private final Module foreign = new Module(NAME, 0, 0, 0, null, null);
    private boolean isRead;

    Vdso(FrameCache frames, ByteWindow window) {
        this.frames = frames;
        this.window = window;
    }

    /** The frame at an offset into the vdso of a process, which is that long there. */
    Frame frame(Path procRoot, long offset, long mappedBytes) {
        if (!isRead) {
            isRead = true;
            read(procRoot.resolve("self"));
        }
        boolean isOurs = mappedBytes == image.length;
        Module here = isOurs ? module : foreign;
        Frame known = frames.find(here, offset);
        if (known != null) {
            return known;
        }
        Frame.Name name = isOurs ? nameAt(offset) : Frame.Name.NONE;
        return frames.add(here, new Frame(FrameType.NATIVE, here, offset, name), name.memoryBytes());
    }

    private Frame.Name nameAt(long offset) {
        if (table == null) {
            return Frame.Name.NONE;
        }
        try {
            String name = table.nameAt(offset, window.attach(ByteSource.of(image)));
            return name == null ? Frame.Name.NONE : Frame.Name.ofSymbol(name);
        } catch (IOException e) {
            return Frame.Name.NONE;
        } finally {
            window.detach();
        }
    }

    private void read(Path self) {
        try {
            byte[] bytes = VdsoImage.read(self);
            if (bytes.length > 0) {
                parse(bytes);
            }
        } catch (IOException e) {
            // Then the vdso stays without names.
            table = null;
        } finally {
            window.detach();
        }
    }

    /** As it is prelinked to address 0, offsets are addresses. */
    private void parse(byte[] bytes) throws IOException {
        window.attach(ByteSource.of(bytes));
        ElfFile elf = ElfFile.read(window);
        table = SymbolTable.read(elf, window, 0, new SymbolTable.Limits(4096));
        image = bytes;
        module = new Module(NAME, 0, bytes.length, 0, elf.gnuBuildId(), null);
    }
}
