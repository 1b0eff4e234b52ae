package io.stackhouse.agent.symbol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * What tells one content of a file from another: a package update changes the inode or the time of change.
 *
 * @param device as {@code major << 20 | minor}
 */
public record FileKey(long device, long inode, long sizeBytes, long changedMillis) {
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;

    /** Of what a path leads to; an exception if that is no regular file, since opening a pipe would block. */
    public static FileKey of(Path path) throws IOException {
        Map<String, Object> stat = Files.readAttributes(path, "unix:dev,ino,size,ctime,mode");
        if ((number(stat, "mode") & S_IFMT) != S_IFREG) {
            throw new IOException(path + " is not a regular file");
        }
        return new FileKey(device(number(stat, "dev")), number(stat, "ino"), number(stat, "size"), time(stat, "ctime"));
    }

    static long number(Map<String, Object> stat, String field) {
        return stat.get(field) instanceof Number number ? number.longValue() : -1;
    }

    static long time(Map<String, Object> stat, String field) {
        return stat.get(field) instanceof FileTime time ? time.toMillis() : 0;
    }

    /** Whether the device is a disk's. Overlay, btrfs and others make device numbers up, and do not show the same one everywhere. */
    static boolean isRealDevice(long device) {
        return device >>> 20 != 0;
    }

    /** From the C library's layout to ours. */
    static long device(long encoded) {
        long major = ((encoded >>> 8) & 0xfff) | ((encoded >>> 32) & ~0xfffL);
        long minor = (encoded & 0xff) | ((encoded >>> 12) & ~0xffL);
        return (major << 20) | (minor & 0xf_ffff);
    }
}
