package io.stackhouse.receiver.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloadedFilesIT {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    @TempDir
    Path folder;

    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    private ReloadedFiles<String> files(Path... paths) {
        return new ReloadedFiles<>("the test's", List.of(paths), this::join, failures::incrementAndGet);
    }

    private String join(List<byte[]> contents) {
        loads.incrementAndGet();
        StringBuilder out = new StringBuilder();
        for (byte[] content : contents) {
            String text = new String(content, UTF_8);
            if (text.startsWith("bad")) {
                throw new IllegalArgumentException("this is bad");
            }
            out.append(text);
        }
        return out.toString();
    }

    @Test
    void followsChangesOfAnyFileAndKeepsTheOldOneWhenTheNewIsBad() throws Exception {
        Path a = Files.writeString(folder.resolve("a"), "a1");
        Path b = Files.writeString(folder.resolve("b"), "b1");
        try (ReloadedFiles<String> files = files(a, b)) {
            files.start(INTERVAL_NANOS);
            assertThat(files.get()).isEqualTo("a1b1");
            Files.writeString(b, "b2");
            Awaitility.await().until(() -> files.get().equals("a1b2"));
            Files.writeString(a, "bad");
            Awaitility.await().until(() -> failures.get() == 1);
            int before = loads.get();
            // Tried again and again, told once.
            Awaitility.await().until(() -> loads.get() > before + 3);
            assertThat(failures).hasValue(1);
            assertThat(files.get()).isEqualTo("a1b2");
            Files.delete(a);
            Awaitility.await().until(() -> failures.get() == 2);
            assertThat(files.get()).isEqualTo("a1b2");
            Files.writeString(a, "a3");
            Awaitility.await().until(() -> files.get().equals("a3b2"));
            assertThat(failures).hasValue(2);
        }
    }

    @Test
    void followsALinkThatIsTurnedRound() throws Exception {
        Path first = Files.writeString(folder.resolve("first"), "1");
        Path second = Files.writeString(folder.resolve("second"), "2");
        Path link = Files.createSymbolicLink(folder.resolve("link"), first);
        Path next = Files.createSymbolicLink(folder.resolve("next"), second);
        try (ReloadedFiles<String> files = files(link)) {
            files.start(INTERVAL_NANOS);
            Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            Awaitility.await().until(() -> files.get().equals("2"));
        }
    }

    @Test
    void whatCannotBeUsedAtTheStartIsTold() throws Exception {
        Path bad = Files.writeString(folder.resolve("x"), "bad");
        assertThatThrownBy(() -> files(bad).start(INTERVAL_NANOS)).hasMessage("this is bad");
        assertThatThrownBy(() -> files(folder.resolve("none")).start(INTERVAL_NANOS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no file " + folder.resolve("none"));
        assertThatThrownBy(() -> files(folder).start(INTERVAL_NANOS)).hasMessageContaining("can't read " + folder);
        Path large = Files.write(folder.resolve("large"), new byte[ReloadedFiles.MAX_FILE_BYTES + 1]);
        assertThatThrownBy(() -> files(large).start(INTERVAL_NANOS)).hasMessageContaining("longer than 1MiB");
    }

    @Test
    void mayBeClosedTwiceAndBeforeItsStart() {
        ReloadedFiles<String> files = files();
        files.close();
        files.start(INTERVAL_NANOS);
        assertThat(files.get()).isEmpty();
        files.close();
        files.close();
    }
}
