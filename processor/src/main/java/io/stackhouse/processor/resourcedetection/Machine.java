package io.stackhouse.processor.resourcedetection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The machine as its files and the JVM describe it.
 *
 * @param root where files begin, {@code /} but in tests
 * @param osName as the property os.name has it
 * @param osArch as the property os.arch has it
 */
record Machine(Path root, String osName, String osArch) {
    static Machine own() {
        return new Machine(Path.of("/"), System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /** The file's first line, or empty when it can't be read. */
    String firstLine(String path) {
        try {
            String text = Files.readString(root.resolve(path));
            int end = text.indexOf('\n');
            return (end < 0 ? text : text.substring(0, end)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The file's lines, or none when it can't be read. */
    List<String> lines(String path) {
        try {
            return Files.readAllLines(root.resolve(path));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The keys and values of os-release, without quotes. */
    Map<String, String> osRelease() {
        Map<String, String> out = new LinkedHashMap<>();
        for (String path : new String[] {"etc/os-release", "usr/lib/os-release"}) {
            try {
                for (String line : Files.readAllLines(root.resolve(path))) {
                    int equals = line.indexOf('=');
                    if (equals > 0 && !line.startsWith("#")) {
                        out.putIfAbsent(
                                line.substring(0, equals),
                                unquoted(line.substring(equals + 1).strip()));
                    }
                }
            } catch (IOException e) {
                // Not there: the next one, or none.
            }
        }
        return out;
    }

    /** host.arch as the semantic conventions spell it. */
    String hostArch() {
        return switch (osArch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "x86", "i386", "i686" -> "x86";
            case "arm" -> "arm32";
            default -> osArch;
        };
    }

    /** os.type as the semantic conventions spell it. */
    String osType() {
        String lower = osName.toLowerCase(Locale.ROOT);
        if (lower.startsWith("mac")) {
            return "darwin";
        }
        return lower.startsWith("windows") ? "windows" : lower;
    }

    private static String unquoted(String text) {
        boolean isQuoted = text.length() >= 2
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return isQuoted ? text.substring(1, text.length() - 1) : text;
    }
}
