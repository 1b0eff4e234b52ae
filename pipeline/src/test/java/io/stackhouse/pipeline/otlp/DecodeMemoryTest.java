package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.Corpus;
import io.stackhouse.pipeline.testing.HeldBytes;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.WastefulProfiles;
import io.stackhouse.pipeline.testing.WastefulProfiles.Wasteful;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecodeMemoryTest {
    private static final int SMALL = 300_000;
    private static final int LARGE = 4 << 20;

    /** What an idle JVM, a garbage collector's nursery and this program's classes take beside the request. */
    private static final int JVM_BYTES = 14 << 20;

    static Stream<Wasteful> requests() throws IOException {
        Stream<Wasteful> real = Corpus.profiles().stream().map(p -> new Wasteful(p.name(), p.message()));
        Stream<Wasteful> random = Stream.iterate(0L, seed -> seed + 1)
                .limit(50)
                .map(seed -> new Wasteful(
                        "seed " + seed, new RandomProfiles(seed).request().toByteArray()));
        return Stream.concat(Stream.concat(WastefulProfiles.all(SMALL).stream(), real), random);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void chargesAtLeastWhatIsHeldAndAtMostTheBound(Wasteful request) throws Exception {
        byte[] body = request.body();
        MemoryLease lease = MemoryLease.counting();
        try {
            ProfileBatch batch =
                    ProfilesDecoder.forVersion(1).decode(body, 0, lease).batch();
            DecodeInSmallHeap.touch(batch);

            long held = HeldBytes.of(batch, Set.of(DecodeMemory.class, receiptClass(batch))) - 16L - body.length;
            assertThat(lease.bytes()).isGreaterThanOrEqualTo(held);
        } catch (RejectedException e) {
            assertThat(e).hasMessageContaining("would take more than 16 times its " + body.length + " bytes");
        }
        assertThat(lease.bytes()).isLessThanOrEqualTo(15L * body.length + DecodeMemory.CONSTANT_BYTES);
    }

    private static Class<?> receiptClass(ProfileBatch batch) {
        return batch.receipt().getClass();
    }

    @Test
    void decodesEachInAHeapOfTheBound(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>();
        long longest = 0;
        List<Wasteful> requests = WastefulProfiles.all(LARGE);
        for (int i = 0; i < requests.size(); i++) {
            Path file = folder.resolve(i + ".bin");
            Files.write(file, requests.get(i).body());
            longest = Math.max(longest, requests.get(i).body().length);
            command.add(file.toString());
        }
        long heap = 16 * longest + DecodeMemory.CONSTANT_BYTES + JVM_BYTES;
        command.addAll(
                0,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-Xmn6m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DecodeInSmallHeap.class.getName()));
        Path output = folder.resolve("output");

        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(output);
        assertThat(process.exitValue()).as("%s", lines).isZero();
        assertThat(lines).hasSize(requests.size()).allMatch(line -> line.matches("(accepted|rejected) .*"));
    }

    @Test
    void stopsWhenTheBudgetHasNoMoreRoom() {
        MemoryBudget budget = new MemoryBudget(400_000);
        MemoryLease others = budget.open();
        others.charge(300_000);
        MemoryLease lease = budget.open();
        byte[] body = WastefulProfiles.all(50_000).stream()
                .filter(wasteful -> wasteful.name().equals("empty profiles"))
                .findFirst()
                .orElseThrow()
                .body();

        assertThatThrownBy(() -> ProfilesDecoder.forVersion(1).decode(body, 0, lease))
                .isInstanceOf(RefusedException.class);
        assertThat(budget.usedBytes()).isLessThanOrEqualTo(400_000);
    }
}
