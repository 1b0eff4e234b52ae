package io.stackhouse.pipeline.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The few things that a log needs of a folder, so that a test can tear writes, lose syncs, flip bits and fill the disk. Threads: as
 * the log that uses it says.
 */
interface Storage extends Closeable {
    /** The names of the files, in no order. */
    List<String> list() throws IOException;

    /** Opens a file for reading and writing, made when absent. */
    File open(String name) throws IOException;

    void delete(String name) throws IOException;

    /** Puts {@code from} in the place of {@code to} at once. */
    void replace(String from, String to) throws IOException;

    /** Makes the folder's list of names durable. */
    void syncNames() throws IOException;

    /** An open file. */
    interface File extends Closeable {
        /** Reads up to {@code target.remaining()} bytes; the number read, -1 at the end of the file. */
        int read(ByteBuffer target, long position) throws IOException;

        /** Writes all of {@code source}. */
        void write(ByteBuffer source, long position) throws IOException;

        /** Makes what was written durable. After it has failed, nothing is known about what was written since the last one. */
        void sync() throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;
    }
}
