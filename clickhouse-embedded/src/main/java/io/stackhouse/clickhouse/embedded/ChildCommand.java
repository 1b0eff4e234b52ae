package io.stackhouse.clickhouse.embedded;

import com.sun.jna.Native;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The command line of a child JVM that runs {@link EmbeddedClickHouseMain}, with a class path taken from where our own classes came. */
final class ChildCommand {

    /** The first release that warns about native calls when it is not told to allow them. */
    private static final int NATIVE_ACCESS_RELEASE = 22;

    private ChildCommand() {}

    static List<String> of(Path library, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        if (Runtime.version().feature() >= NATIVE_ACCESS_RELEASE) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-D" + LibraryLocation.PROPERTY + "=" + library);
        command.addAll(List.of("-cp", classPath(), EmbeddedClickHouseMain.class.getName()));
        command.addAll(options);
        return command;
    }

    private static String classPath() {
        return Stream.of(EmbeddedClickHouseMain.class, Native.class, CommandLine.class)
                .map(ChildCommand::origin)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String origin(Class<?> type) {
        CodeSource source = Objects.requireNonNull(type.getProtectionDomain().getCodeSource(), type.getName());
        try {
            return Path.of(source.getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no file holds " + type.getName(), e);
        }
    }
}
