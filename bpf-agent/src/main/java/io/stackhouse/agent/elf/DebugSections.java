package io.stackhouse.agent.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sections of a file by name, those with debug information and Go's tables. Compressed ones are inflated into temporary files that have no name any more, up to a bound;
 * {@link #close} gives them back. Threads: one. The file stays the caller's and must stay open.
 */
public final class DebugSections implements AutoCloseable {
    private static final int HEADER_BYTES = 64;
    private static final int MAX_SECTIONS = 65_536;
    private static final int MAX_KEPT = 64;
    private static final int TYPE_NOBITS = 8;
    private static final int FLAG_COMPRESSED = 0x800;

    private final ByteSource file;
    private final long maxInflatedBytes;
    private final Map<String, Header> headers = new HashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final List<InflatedSection> inflated = new ArrayList<>();
    private long inflatedBytes;

    private DebugSections(ByteSource file, long maxInflatedBytes) {
        this.file = file;
        this.maxInflatedBytes = maxInflatedBytes;
    }

    /** Where a section's bytes are. */
    public record Place(ByteSource source, long offset, long sizeBytes, long address) {}

    private record Header(long offset, long sizeBytes, long address, boolean isCompressed) {}

    /** Reads the section headers; the window must be attached to the same file. */
    public static DebugSections read(ByteSource file, ByteWindow window, long maxInflatedBytes) throws IOException {
        DebugSections result = new DebugSections(file, maxInflatedBytes);
        long table = window.i64(40);
        int entryBytes = window.u16(58);
        if (table <= 0 || table > window.sizeBytes() - HEADER_BYTES || entryBytes < HEADER_BYTES) {
            return result;
        }
        long count = window.u16(60) == 0 ? window.i64(table + 32) : window.u16(60);
        long fits = (window.sizeBytes() - table) / entryBytes;
        int sections = (int) Math.max(0, Math.min(Math.min(count, fits), MAX_SECTIONS));
        long nameSection = window.u16(62) == 0xffff ? window.u32(table + 40) : window.u16(62);
        if (nameSection >= sections) {
            return result;
        }
        long names = window.i64(table + nameSection * entryBytes + 24);
        long[] nameOffsets = new long[sections];
        for (int i = 0; i < sections; i++) {
            nameOffsets[i] = window.u32(table + (long) i * entryBytes);
        }
        for (int i = 0; i < sections; i++) {
            if (names >= 0 && names < window.sizeBytes()) {
                result.take(window, table + (long) i * entryBytes, names + nameOffsets[i]);
            }
        }
        return result;
    }

    public boolean has(String name) {
        return headers.containsKey(name);
    }

    /** The address of a section in memory; -1 if there is none. */
    public long addressOf(String name) {
        Header header = headers.get(name);
        return header == null ? -1 : header.address;
    }

    /** Where the section is, inflated if need be; null if the file has none. */
    public @Nullable Place place(String name) throws IOException {
        Place known = places.get(name);
        Header header = headers.get(name);
        if (known != null || header == null) {
            return known;
        }
        Place place;
        if (header.isCompressed) {
            InflatedSection section =
                    InflatedSection.inflate(file, header.offset, header.sizeBytes, maxInflatedBytes - inflatedBytes);
            inflated.add(section);
            inflatedBytes += section.sizeBytes();
            place = new Place(section.source(), 0, section.sizeBytes(), header.address);
        } else {
            place = new Place(file, header.offset, header.sizeBytes, header.address);
        }
        places.put(name, place);
        return place;
    }

    @Override
    public void close() throws IOException {
        for (InflatedSection section : inflated) {
            section.close();
        }
        inflated.clear();
        places.clear();
        inflatedBytes = 0;
    }

    private void take(ByteWindow window, long at, long nameAt) throws IOException {
        if (window.i32(at + 4) == TYPE_NOBITS || headers.size() >= MAX_KEPT) {
            return;
        }
        String name = window.string(nameAt, window.sizeBytes());
        boolean isWanted = name.startsWith(".debug_")
                || name.startsWith(".gnu_debug")
                || name.endsWith(".gopclntab")
                || name.equals(".go.buildinfo")
                || name.equals(".text");
        long offset = window.i64(at + 24);
        long bytes = window.i64(at + 32);
        if (isWanted && offset >= 0 && bytes > 0 && offset <= window.sizeBytes() - bytes) {
            boolean isCompressed = (window.i64(at + 8) & FLAG_COMPRESSED) != 0;
            headers.putIfAbsent(name, new Header(offset, bytes, window.i64(at + 16), isCompressed));
        }
    }
}
