package io.stackhouse.agent.unwind;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.MappedArray;
import io.stackhouse.agent.libbpf.NativeBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Memory for tables that the BPF program reads: chunks of 512 KiB, made when they are needed and given back when they are empty. One thread. When full, a request
 * is refused; whoever asks makes room.
 */
final class ChunkStore implements AutoCloseable {
    static final int CHUNK_BYTES = RegionBuilder.CHUNK_WORDS * Integer.BYTES;

    private final BpfMap outer;
    private final @Nullable Chunk[] chunks;
    private final NativeBuffer key = NativeBuffer.allocate(Long.BYTES);
    private final NativeBuffer value = NativeBuffer.allocate(Long.BYTES);
    private int live;
    private long usedWords;

    /**
     * An empty store.
     *
     * @param outer the array of maps that the program looks chunks up in
     * @param maxChunks how many of its entries are used
     */
    ChunkStore(BpfMap outer, int maxChunks) {
        this.outer = outer;
        chunks = new @Nullable Chunk[maxChunks];
    }

    private static final class Chunk {
        private final MappedArray memory;
        /** Words by the first word. */
        private final TreeMap<Integer, Integer> blobs = new TreeMap<>();

        Chunk(MappedArray memory) {
            this.memory = memory;
        }

        /** The first word of a gap of so many words (even), or -1. */
        int gap(int words) {
            int end = 0;
            for (Map.Entry<Integer, Integer> blob : blobs.entrySet()) {
                if (blob.getKey() - end >= words) {
                    return end;
                }
                end = blob.getKey() + blob.getValue();
            }
            return RegionBuilder.CHUNK_WORDS - end >= words ? end : -1;
        }
    }

    /** Copies a blob to a free place and returns it as {@code sh_region.place} has it; 0 if there is none. */
    long put(int[] blob, int words) {
        int even = (words + 1) & ~1;
        int free = -1;
        for (int i = 0; i < chunks.length; i++) {
            Chunk chunk = chunks[i];
            if (chunk == null) {
                free = free < 0 ? i : free;
                continue;
            }
            int gap = chunk.gap(even);
            if (gap >= 0) {
                return write(chunk, i, gap, blob, words);
            }
        }
        return free < 0 ? 0 : write(create(free), free, 0, blob, words);
    }

    /** Makes the place free. No program may use it any more: see {@link #awaitPrograms()}. */
    void free(long place) {
        int index = (int) (place >>> 32) - 1;
        Chunk chunk = chunks[index];
        if (chunk == null) {
            throw new IllegalStateException("chunk " + index + " is not there");
        }
        Integer words = chunk.blobs.remove((int) place);
        usedWords -= words == null ? 0 : words;
        if (chunk.blobs.isEmpty()) {
            key.buffer().putInt(0, index);
            outer.delete(key);
            chunk.memory.close();
            chunks[index] = null;
            live--;
        }
    }

    /** Returns when every program run that had begun before has ended: replacing an entry of a map of maps waits for that. */
    void awaitPrograms() {
        for (int i = 0; i < chunks.length; i++) {
            Chunk chunk = chunks[i];
            if (chunk != null) {
                publish(chunk, i);
                return;
            }
        }
    }

    /** Kernel memory of all chunks. */
    long bytes() {
        return (long) live * CHUNK_BYTES;
    }

    long usedBytes() {
        return usedWords * Integer.BYTES;
    }

    long capacityBytes() {
        return (long) chunks.length * CHUNK_BYTES;
    }

    @Override
    public void close() {
        for (int i = 0; i < chunks.length; i++) {
            Chunk chunk = chunks[i];
            if (chunk != null) {
                chunk.memory.close();
                chunks[i] = null;
            }
        }
        live = 0;
        usedWords = 0;
    }

    private Chunk create(int index) {
        Chunk chunk = new Chunk(MappedArray.create("sh_chunk", CHUNK_BYTES));
        publish(chunk, index);
        chunks[index] = chunk;
        live++;
        return chunk;
    }

    private void publish(Chunk chunk, int index) {
        key.buffer().putInt(0, index);
        value.buffer().putInt(0, chunk.memory.fd());
        outer.update(key, value);
    }

    private long write(Chunk chunk, int index, int at, int[] blob, int words) {
        int even = (words + 1) & ~1;
        chunk.memory.buffer().asIntBuffer().put(at, blob, 0, words);
        chunk.blobs.put(at, even);
        usedWords += even;
        return (index + 1L) << 32 | at;
    }
}
