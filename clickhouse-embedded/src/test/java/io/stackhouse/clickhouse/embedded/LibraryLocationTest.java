package io.stackhouse.clickhouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibraryLocationTest {

    @TempDir
    private Path folder;

    @Test
    void findsTheLibraryOfTheArchitectureAboveTheWorkingDirectory() throws IOException {
        Path x64 = library("lib-linux-x64-gnu");
        Path arm64 = library("lib-linux-arm64-gnu");
        Path deep = Files.createDirectories(folder.resolve("exporter/target"));

        assertThat(LibraryLocation.find(null, deep, "amd64")).contains(x64);
        assertThat(LibraryLocation.find(null, deep, "aarch64")).contains(arm64);
    }

    @Test
    void prefersTheNamedFileAndNeverFallsBackFromIt() throws IOException {
        library("lib-linux-x64-gnu");
        Path named = Files.createFile(folder.resolve("other.so"));

        assertThat(LibraryLocation.find(named.toString(), folder, "amd64")).contains(named);
        assertThat(LibraryLocation.find(folder.resolve("absent.so").toString(), folder, "amd64"))
                .isEmpty();
    }

    @Test
    void isEmptyWhereNothingWasFetched() {
        assertThat(LibraryLocation.find(null, folder, "amd64")).isEmpty();
    }

    private Path library(String packageName) throws IOException {
        Path parent = folder.resolve("clickhouse-embedded/node_modules/@chdb").resolve(packageName);
        return Files.createFile(Files.createDirectories(parent).resolve("libchdb.so"));
    }
}
