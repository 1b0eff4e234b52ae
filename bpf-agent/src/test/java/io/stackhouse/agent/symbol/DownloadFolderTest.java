package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadFolderTest {
    @TempDir
    Path temporary;

    @Test
    void makesAFolderForItsOwnerAlone() throws IOException {
        Path folder = temporary.resolve("cache/downloads");

        new DownloadFolder(folder, 100).prepare(10);
        new DownloadFolder(folder, 100).prepare(10);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    @Test
    void refusesAFolderThatOthersWriteTo() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("downloads"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> new DownloadFolder(folder, 100).prepare(10))
                .hasMessageContaining("rwxrwxrwx")
                .hasMessageContaining("mode 0700");
    }

    @Test
    void refusesALinkToAFolder() throws IOException {
        Path target = Files.createDirectory(
                temporary.resolve("target"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path folder = Files.createSymbolicLink(temporary.resolve("downloads"), target);

        assertThatThrownBy(() -> new DownloadFolder(folder, 100).prepare(10))
                .hasMessageContaining("not the agent's own");
    }

    @Test
    void makesRoomByTheOldestFiles() throws IOException {
        DownloadFolder folder = new DownloadFolder(temporary.resolve("downloads"), 100);
        folder.prepare(0);
        for (int i = 0; i < 4; i++) {
            Path file = Files.write(folder.resolve("file" + i), new byte[30]);
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L - i * 1_000L));
        }

        folder.prepare(50);

        assertThat(temporary.resolve("downloads").toFile().list()).containsExactly("file0");
    }
}
