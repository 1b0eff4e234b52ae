package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildLogTest {

    @TempDir
    private Path folder;

    @Test
    void keepsTheLogOfTheStartBefore() throws IOException {
        Path file = folder.resolve("a.log");
        Files.writeString(file, "before");
        try (ChildLog log = new ChildLog(file, 100, FileOwner.UNCHANGED)) {
            write(log, "now");
        }
        assertThat(file).hasContent("now");
        assertThat(folder.resolve("a.log.1")).hasContent("before");
    }

    @Test
    void neverTakesMoreThanTwiceItsBound() throws IOException {
        Path file = folder.resolve("a.log");
        try (ChildLog log = new ChildLog(file, 10, FileOwner.UNCHANGED)) {
            for (int i = 0; i < 7; i++) {
                write(log, "line" + i + "\n");
            }
        }
        assertThat(file).hasContent("line6\n");
        assertThat(folder.resolve("a.log.1")).hasContent("line5\n");
        assertThat(folder).isDirectoryNotContaining("glob:**.2");
    }

    @Test
    void replacesALinkInsteadOfFollowingIt() throws IOException {
        Path target = Files.writeString(folder.resolve("precious"), "kept");
        Path file = folder.resolve("a.log");
        Files.createSymbolicLink(file, target);
        try (ChildLog log = new ChildLog(file, 100, FileOwner.UNCHANGED)) {
            write(log, "now");
        } catch (FileAlreadyExistsException e) {
            throw new AssertionError("the link should have been moved away", e);
        }
        assertThat(target).hasContent("kept");
        assertThat(file).hasContent("now");
    }

    private static void write(ChildLog log, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        log.write(bytes, bytes.length);
    }
}
