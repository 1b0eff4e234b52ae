package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class DecompressionTest {
    private static final int LIMIT = 300_000;
    private static final int BOMB_BYTES = 64 << 20;

    private final MemoryBudget budget = new MemoryBudget(4 << 20);
    /** Of the last body. */
    private MemoryLease memory = budget.open();

    private byte[] decompress(Compressed as, byte[] compressed) {
        memory.close();
        memory = budget.open();
        return Decompression.decompress(as.encoding, compressed, LIMIT, memory);
    }

    /** Half of it repeats, half of it doesn't. */
    private static byte[] plain(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Arrays.fill(bytes, 0, size / 2, (byte) 'x');
        return bytes;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @EnumSource(Compressed.class)
    void givesBackWhatWasCompressed(Compressed as) {
        for (int size : new int[] {1, 5, 65_535, 65_536, 65_537, LIMIT}) {
            assertThat(decompress(as, as.of(plain(size)))).isEqualTo(plain(size));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void chargesWhatCameOut(Compressed as) {
        byte[] out = decompress(as, as.of(plain(LIMIT)));
        assertThat(memory.bytes()).isEqualTo(out.length);
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void stopsAtTheLimit(Compressed as) {
        byte[] over = as.of(plain(LIMIT + 1));
        assertThatThrownBy(() -> decompress(as, over))
                .isInstanceOf(TooLargeException.class)
                .hasMessageContaining(String.valueOf(LIMIT));
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void aBombTakesNoMoreThanTheLimit(Compressed as) {
        byte[] bomb = as.of(new byte[BOMB_BYTES]);
        assertThat(bomb.length).as("what it is worth").isLessThan(BOMB_BYTES / 15);
        assertThatThrownBy(() -> decompress(as, bomb)).isInstanceOf(TooLargeException.class);
        assertThat(memory.bytes()).isLessThanOrEqualTo(LIMIT);
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void refusesForNowWhatOthersLeaveNoRoomFor(Compressed as) {
        MemoryLease others = budget.open();
        others.charge((4 << 20) - 20_000);
        byte[] compressed = as.of(plain(LIMIT));
        assertThatThrownBy(() -> decompress(as, compressed)).isInstanceOf(RefusedException.class);
        others.close();
        memory.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void rejectsWhatEndsTooEarly(Compressed as) {
        byte[] whole = as.of(plain(5_000));
        for (int size = 0; size < whole.length; size++) {
            byte[] part = Arrays.copyOf(whole, size);
            if (as == Compressed.SNAPPY_FRAMED && size == 10) {
                // The identifier alone is a whole stream without data.
                assertThat(decompress(as, part)).isEmpty();
                continue;
            }
            assertThatThrownBy(() -> decompress(as, part))
                    .as("%s cut after %s of %s bytes", as, size, whole.length)
                    .isInstanceOf(RejectedException.class)
                    .message()
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void rejectsWhatFollowsTheEnd(Compressed as) {
        byte[] whole = as.of(plain(5_000));
        for (byte[] garbage : new byte[][] {{0}, {1, 2, 3}, new byte[100], "garbage garbage".getBytes(UTF_8)}) {
            assertThatThrownBy(() -> decompress(as, join(whole, garbage)))
                    .as("%s followed by %s", as, Arrays.toString(garbage))
                    .isInstanceOf(RejectedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void rejectsGarbage(Compressed as) {
        for (String garbage : new String[] {"this is plain text, which nobody compressed", "\0\0\0\0\0\0\0\0\0\0"}) {
            assertThatThrownBy(() -> decompress(as, garbage.getBytes(UTF_8)))
                    .as("%s of '%s'", as, garbage)
                    .isInstanceOf(RejectedException.class);
        }
    }

    /** Whatever comes: bytes, or one of the defined answers. */
    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void damageHasADefinedAnswer(Compressed as) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] whole = as.of(plain(3_000));
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = whole.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextBoolean()
                        ? random.nextInt(Math.min(24, whole.length))
                        : random.nextInt(whole.length);
                damaged[at] = (byte) random.nextInt();
            }
            try (MemoryLease lease = budget.open()) {
                byte[] out = Decompression.decompress(as.encoding, damaged, LIMIT, lease);
                assertThat(out.length).isLessThanOrEqualTo(LIMIT);
            } catch (RejectedException | TooLargeException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError(as + ", seed " + seed + ", round " + i, e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compressed.class,
            names = {"GZIP", "ZSTD", "SNAPPY_FRAMED", "LZ4"})
    void takesStreamsThatFollowOneAnother(Compressed as) {
        byte[] two = join(as.of(plain(70_000)), as.of(plain(999)));
        assertThat(decompress(as, two)).isEqualTo(join(plain(70_000), plain(999)));
    }

    @Test
    void theLimitGoesOverAllMembers() {
        byte[] two = join(Compressed.GZIP.of(plain(LIMIT)), Compressed.GZIP.of(plain(1)));
        assertThatThrownBy(() -> decompress(Compressed.GZIP, two)).isInstanceOf(TooLargeException.class);
    }

    @Test
    void takesEveryFieldOfAGzipHeader() throws IOException {
        byte[] plain = Compressed.GZIP.of(plain(100));
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 1, 2, 3, 4, 0, 3});
        header.write(new byte[] {3, 0, 'a', 'b', 'c'});
        header.write("name\0comment\0".getBytes(UTF_8));
        CRC32 crc = new CRC32();
        crc.update(header.toByteArray());
        byte[] good = header.toByteArray();
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        assertThat(decompress(Compressed.GZIP, join(join(good, sum), rest))).isEqualTo(plain(100));
        sum[0]++;
        assertThatThrownBy(() -> decompress(Compressed.GZIP, join(join(good, sum), rest)))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void aGzipMemberWithAWrongLengthIsRejected() {
        byte[] bytes = Compressed.GZIP.of(plain(100));
        bytes[bytes.length - 4]++;
        assertThatThrownBy(() -> decompress(Compressed.GZIP, bytes)).hasMessageContaining("length");
    }

    @ParameterizedTest
    @ValueSource(ints = {22, 23, 24, 27})
    void takesZstdWindowsUpTo8Mebibytes(int windowLog) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
            zstd.setLong(windowLog);
            zstd.write(plain(1_000));
            // Without a flush the frame would know its size, and take a smaller window.
            zstd.flush();
        }
        if (windowLog <= Decompression.MAX_ZSTD_WINDOW_LOG) {
            assertThat(decompress(Compressed.ZSTD, out.toByteArray())).isEqualTo(plain(1_000));
        } else {
            assertThatThrownBy(() -> decompress(Compressed.ZSTD, out.toByteArray()))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("memory");
        }
    }

    @Test
    void whatAZstdFrameSaysOfItsSizeIsNotBelieved() {
        byte[] frame = Zstd.compress(plain(200_000));
        assertThat(Zstd.getFrameContentSize(frame)).isEqualTo(200_000);
        // A frame header of four bytes for the size, less the descriptor.
        byte[] lying = frame.clone();
        lying[8] = 0x7f;
        assertThatThrownBy(() -> decompress(Compressed.ZSTD, lying)).isInstanceOf(RejectedException.class);
        assertThat(memory.bytes()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void aSnappyBlockThatPromisesTooMuchIsRejectedBeforeAnythingIsAllocated() {
        byte[] small = {(byte) 0xa0, (byte) 0x8d, 6, 0, 'x'};
        assertThatThrownBy(() -> decompress(Compressed.SNAPPY_BLOCK, small))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("can't hold");
        byte[] huge = {-1, -1, -1, -1, 15, 0, 'x'};
        assertThatThrownBy(() -> decompress(Compressed.SNAPPY_BLOCK, huge)).isInstanceOf(TooLargeException.class);
        byte[] endless = {-1, -1, -1, -1, -1, -1, -1};
        assertThatThrownBy(() -> decompress(Compressed.SNAPPY_BLOCK, endless)).isInstanceOf(RejectedException.class);
        assertThat(memory.bytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, gzip", "gzip,gzip", "gzip, identity", "br", "compress", "gzip;q=1", "aws-chunked"})
    void takesNoOtherEncodingAndNoneTwice(String header) {
        assertThat(Encoding.of(header)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip", "GZIP", " x-gzip ", "zstd", "deflate", "zlib", "snappy", "x-snappy-framed", "lz4", ""})
    void takesTheNamesInAnyCase(String header) {
        assertThat(Encoding.of(header)).isNotNull();
    }
}
