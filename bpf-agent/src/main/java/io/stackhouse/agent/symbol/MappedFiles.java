package io.stackhouse.agent.symbol;

import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TracedProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Opens the file behind a range of a process: through {@code map_files} (the very file, deleted or not, in whatever namespace) where the kernel lets us, else by
 * its path within the process's root, else by its path here, as for a process that has just ended. What is opened must be the file that was mapped: same
 * device and inode, where the file system has device numbers to compare.
 */
public final class MappedFiles {
    private final SymbolizerCounters counters;
    private boolean mapFilesWork = true;

    public MappedFiles(SymbolizerCounters counters) {
        this.counters = counters;
    }

    /** An open file and what it is. The receiver closes it. */
    public record Opened(FileChannel channel, FileKey key) {}

    /** Null if it cannot be had. */
    public @Nullable Opened open(TracedProcess process, Mappings mappings, int i) {
        Opened opened = mapFilesWork ? openByRange(process, mappings, i) : null;
        String path = mappings.path(i);
        if (opened == null && path.startsWith("/")) {
            Path inProcess = process.procDirectory().resolve("root").resolve(path.substring(1));
            opened = openIfSame(inProcess, mappings, i, false);
            opened = opened == null ? openIfSame(Path.of(path), mappings, i, true) : opened;
        }
        if (opened == null) {
            counters.filesUnreadable.incrementAndGet();
        }
        return opened;
    }

    private @Nullable Opened openByRange(TracedProcess process, Mappings mappings, int i) {
        String range = Long.toHexString(mappings.start(i)) + '-' + Long.toHexString(mappings.end(i));
        Path link = process.procDirectory().resolve("map_files").resolve(range);
        try {
            FileKey key = FileKey.of(link);
            // A range that was mapped anew since the mappings were read.
            return key.inode() == mappings.inode(i) || !FileKey.isRealDevice(mappings.device(i))
                    ? new Opened(open(link), key)
                    : null;
        } catch (FileSystemException e) {
            // EPERM: it takes CAP_CHECKPOINT_RESTORE. Without it nothing is lost but deleted files.
            mapFilesWork = !"Operation not permitted".equals(e.getReason());
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable Opened openIfSame(Path path, Mappings mappings, int i, boolean onlyIfCertain) {
        try {
            FileKey key = FileKey.of(path);
            boolean isCertain = key.inode() == mappings.inode(i) && key.device() == mappings.device(i);
            if (!isCertain
                    && (onlyIfCertain
                            || (FileKey.isRealDevice(key.device()) && FileKey.isRealDevice(mappings.device(i))))) {
                return null;
            }
            Opened opened = new Opened(open(path), key);
            if (!key.equals(FileKey.of(path))) {
                opened.channel().close();
                return null;
            }
            counters.filesUnverified.addAndGet(isCertain ? 0 : 1);
            return opened;
        } catch (IOException e) {
            return null;
        }
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
    }
}
