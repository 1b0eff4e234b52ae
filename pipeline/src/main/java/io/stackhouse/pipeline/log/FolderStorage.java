package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder of the file system, owned by one process at a time through a lock file that ends with the process. */
final class FolderStorage implements Storage {
    private static final String LOCK_FILE = "lock";

    /** For one call: Java copies what lies on the heap into memory of its own of the same size, and keeps that. */
    private static final int MAX_CALL_BYTES = 1 << 18;

    private final Path folder;
    private @Nullable FileChannel lockChannel;

    FolderStorage(Path folder) {
        this.folder = folder;
    }

    @Override
    public void claim() throws IOException {
        FileChannel channel;
        try {
            makeFolder();
            channel = FileChannel.open(
                    folder.resolve(LOCK_FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "user " + System.getProperty("user.name") + " can't write there (" + e
                            + "); make it writable, or name"
                            + " another folder with journal::directory, or answer from memory with journal::ack: memory",
                    e);
        }
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new FolderInUseException(
                    "it belongs to another running collector, a part of this one; give each its own folder");
        }
        if (lock == null) {
            channel.close();
            throw new IOException("it belongs to another running collector; give each its own folder");
        }
        lockChannel = channel;
    }

    /** What clients sent lies in it: nobody else may read it. */
    private void makeFolder() throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Override
    public List<String> list() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(LOCK_FILE))
                    .toList();
        }
    }

    @Override
    public File open(String name) throws IOException {
        return new FolderFile(FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void replace(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void syncNames() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel channel = lockChannel;
        if (channel != null) {
            channel.close();
        }
    }

    private static final class FolderFile implements File {
        private final FileChannel channel;

        FolderFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int limit = target.limit();
            target.limit(Math.min(limit, target.position() + MAX_CALL_BYTES));
            try {
                return channel.read(target, position);
            } finally {
                target.limit(limit);
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long at = position;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
