package io.stackhouse.agent.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Real files with random damage: no exception but ours, bounded time, and nothing outside of the blob. {@code -Dseed} repeats a run, {@code -Dfuzz.seconds} makes it longer. */
class DamagedFramesTest {
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int PT_GNU_EH_FRAME = 0x6474e550;

    @Test
    void readsDamagedFrameInformationWithoutHarm() throws Exception {
        byte[] original = Files.readAllBytes(Path.of("/bin/ls").toRealPath());
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ByteWindow window = new ByteWindow(1 << 16);
        RegionBuilder builder = new RegionBuilder();
        int header = header(original);
        int refused = 0;
        int built = 0;
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fuzz.seconds", 5)).toNanos();
        for (int round = 0; System.nanoTime() < end; round++) {
            byte[] bytes = damaged(original, header, random);
            long start = System.nanoTime();
            try {
                built += build(bytes, window, builder);
            } catch (ElfFormatException e) {
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail("seed " + seed + ", round " + round, e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed %d, round %d", seed, round)
                    .isLessThan(LONGEST);
        }
        assertThat(refused).isPositive();
        assertThat(built).isPositive();
    }

    private static int build(byte[] bytes, ByteWindow window, RegionBuilder builder) throws IOException {
        window.attach(ByteSource.of(bytes));
        FrameTable table = FrameTable.read(window, Machine.X86_64);
        if (table == null) {
            return 0;
        }
        long first = Math.max(0, table.firstPage() / RegionBuilder.PAGES);
        int built = 0;
        for (long region = first; region < first + 2; region++) {
            int words = builder.build(table, window, region * RegionBuilder.REGION_BYTES);
            assertThat(words).isBetween(0, RegionBuilder.CHUNK_WORDS);
            if (words > 0) {
                built++;
                for (int offset = 0; offset < RegionBuilder.REGION_BYTES; offset += 64) {
                    long unused = Tables.find(builder.blob(), offset);
                }
            }
        }
        return built;
    }

    /** Half of the damage hits the frame information, the other half the headers. */
    private static byte[] damaged(byte[] original, int frames, Random random) {
        byte[] bytes = original.clone();
        int hits = 1 + random.nextInt(20);
        for (int i = 0; i < hits; i++) {
            int at = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(1024);
                case 1 -> frames + random.nextInt(64);
                default -> Math.min(bytes.length - 1, frames + random.nextInt(30_000));
            };
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    /** Where .eh_frame_hdr begins. */
    private static int header(byte[] elf) {
        ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < file.getShort(56); i++) {
            int at = (int) file.getLong(32) + 56 * i;
            if (file.getInt(at) == PT_GNU_EH_FRAME) {
                return (int) file.getLong(at + 8);
            }
        }
        throw new IllegalArgumentException("no frame information");
    }
}
