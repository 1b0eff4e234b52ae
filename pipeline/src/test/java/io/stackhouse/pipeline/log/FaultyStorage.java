package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A folder in memory that behaves as badly as a disk may: what was not synced may be there, torn at 512-byte sectors, or not; a new
 * name that was not synced may vanish; writes and syncs fail when told to, syncs are forgotten, and the disk gets full. A file whose
 * sync has failed must not be synced again by the same process, since a kernel then says that all is well: that is noted. Threads: any.
 */
final class FaultyStorage implements Storage {
    private static final int SECTOR_BYTES = 512;

    private final Random random;
    private final Map<String, Content> files = new TreeMap<>();
    private final Map<String, Content> durableNames = new HashMap<>();
    private double failureRate;
    private double forgottenSyncRate;
    private long capacityBytes = Long.MAX_VALUE;
    private boolean isSyncedAgain;

    private static final class Content {
        byte[] now = new byte[0];
        byte[] durable = new byte[0];
        boolean hasFailedSync;
        boolean hasForgottenSync;
    }

    FaultyStorage(Random random) {
        this.random = random;
    }

    synchronized void failWithProbability(double rate) {
        failureRate = rate;
    }

    /** Syncs say that they were done, and weren't. */
    synchronized void forgetSyncsWithProbability(double rate) {
        forgottenSyncRate = rate;
    }

    /** What all files together may take. */
    synchronized void setCapacity(long bytes) {
        capacityBytes = bytes;
    }

    synchronized long usedBytes() {
        return files.values().stream().mapToLong(content -> content.now.length).sum();
    }

    /** Whether a file was synced again after a sync of it had failed. */
    synchronized boolean isSyncedAgain() {
        return isSyncedAgain;
    }

    /** Every file as it is. */
    synchronized Map<String, byte[]> snapshot() {
        Map<String, byte[]> result = new TreeMap<>();
        files.forEach((name, content) -> result.put(name, content.now.clone()));
        return result;
    }

    synchronized void write(String name, byte[] bytes) {
        Content content = files.computeIfAbsent(name, ignored -> new Content());
        content.now = bytes.clone();
        content.durable = bytes.clone();
    }

    /** The power fails: what remains is what was synced, and by chance some of the rest. Says whether it forgot what it had promised. */
    synchronized boolean crash() {
        boolean forgets = files.values().stream().anyMatch(content -> content.hasForgottenSync);
        failureRate = 0;
        forgottenSyncRate = 0;
        capacityBytes = Long.MAX_VALUE;
        for (Map.Entry<String, Content> file : new ArrayList<>(files.entrySet())) {
            if (!durableNames.containsKey(file.getKey()) && random.nextBoolean()) {
                files.remove(file.getKey());
            }
        }
        durableNames.forEach((name, content) -> {
            if (!files.containsKey(name) && random.nextBoolean()) {
                // A deletion that was not synced comes undone.
                files.put(name, content);
            }
        });
        for (Content content : files.values()) {
            content.now = torn(content);
            content.durable = content.now.clone();
            content.hasFailedSync = false;
            content.hasForgottenSync = false;
        }
        durableNames.clear();
        durableNames.putAll(files);
        return forgets;
    }

    private byte[] torn(Content content) {
        int length = random.nextBoolean() ? content.now.length : content.durable.length;
        byte[] result = Arrays.copyOf(content.durable, length);
        for (int sector = 0; sector < length; sector += SECTOR_BYTES) {
            int end = Math.min(sector + SECTOR_BYTES, Math.min(length, content.now.length));
            if (end > sector && random.nextBoolean()) {
                System.arraycopy(content.now, sector, result, sector, end - sector);
            }
        }
        return result;
    }

    /** Flips one bit of a segment's records; false when there is none. */
    synchronized boolean flipBit() {
        List<Content> segments = new ArrayList<>();
        files.forEach((name, content) -> {
            if (Segment.isSegment(name) && content.now.length > Segment.HEADER_BYTES) {
                segments.add(content);
            }
        });
        if (segments.isEmpty()) {
            return false;
        }
        byte[] bytes = segments.get(random.nextInt(segments.size())).now;
        int at = Segment.HEADER_BYTES + random.nextInt(bytes.length - Segment.HEADER_BYTES);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return true;
    }

    private void mayFail(String what) throws IOException {
        if (failureRate > 0 && random.nextDouble() < failureRate) {
            throw new IOException(what + " fails on purpose");
        }
    }

    @Override
    public void claim() {}

    @Override
    public synchronized List<String> list() {
        return new ArrayList<>(files.keySet());
    }

    @Override
    public synchronized File open(String name) throws IOException {
        mayFail("open");
        return new FaultyFile(files.computeIfAbsent(name, ignored -> new Content()));
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        mayFail("delete");
        files.remove(name);
    }

    @Override
    public synchronized void replace(String from, String to) throws IOException {
        mayFail("replace");
        files.put(to, files.remove(from));
    }

    @Override
    public synchronized void syncNames() throws IOException {
        mayFail("sync of names");
        durableNames.clear();
        durableNames.putAll(files);
    }

    @Override
    public void close() {}

    private final class FaultyFile implements File {
        private final Content content;

        FaultyFile(Content content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            synchronized (FaultyStorage.this) {
                if (position >= content.now.length) {
                    return -1;
                }
                int count = Math.min(target.remaining(), content.now.length - (int) position);
                target.put(content.now, (int) position, count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (FaultyStorage.this) {
                mayFail("write");
                int end = (int) position + source.remaining();
                int growth = Math.max(0, end - content.now.length);
                if (growth > capacityBytes - usedBytes()) {
                    throw new IOException("No space left on device");
                }
                content.now = Arrays.copyOf(content.now, Math.max(end, content.now.length));
                source.get(content.now, (int) position, source.remaining());
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (FaultyStorage.this) {
                isSyncedAgain |= content.hasFailedSync;
                content.hasFailedSync = failureRate > 0 && random.nextDouble() < failureRate;
                if (content.hasFailedSync) {
                    throw new IOException("sync fails on purpose");
                }
                content.hasForgottenSync = forgottenSyncRate > 0 && random.nextDouble() < forgottenSyncRate;
                if (!content.hasForgottenSync) {
                    content.durable = content.now.clone();
                }
            }
        }

        @Override
        public long size() {
            synchronized (FaultyStorage.this) {
                return content.now.length;
            }
        }

        @Override
        public void truncate(long size) {
            synchronized (FaultyStorage.this) {
                content.now = Arrays.copyOf(content.now, (int) Math.min(size, content.now.length));
            }
        }

        @Override
        public void close() {}
    }
}
