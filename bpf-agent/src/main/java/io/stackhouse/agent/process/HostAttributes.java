package io.stackhouse.agent.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes of the host and its system: {@code host.name, host.id, host.arch, os.*}. Read once. */
final class HostAttributes {
    private static final long MAX_FILE_BYTES = 64 * 1024;

    private final Map<String, Object> attributes = new LinkedHashMap<>();

    private HostAttributes() {}

    static HostAttributes read(ProcessTableConfig config, ProcFiles files) {
        HostAttributes host = new HostAttributes();
        if (!config.hostAttributes()) {
            return host;
        }
        host.putFirstLine("host.name", config.procRoot().resolve("sys/kernel/hostname"), files);
        host.putFirstLine("host.id", config.etcRoot().resolve("machine-id"), files);
        host.attributes.put("host.arch", architecture(System.getProperty("os.arch", "")));
        host.attributes.put("os.type", "linux");
        Map<String, String> release = osRelease(config.etcRoot().resolve("os-release"), files);
        host.put("os.name", release.get("NAME"));
        host.put("os.version", release.get("VERSION_ID"));
        host.put("os.description", release.get("PRETTY_NAME"));
        host.put("os.build_id", release.get("BUILD_ID"));
        return host;
    }

    void putMissing(Map<String, Object> to) {
        for (Map.Entry<String, Object> entry : attributes.entrySet()) {
            to.putIfAbsent(entry.getKey(), entry.getValue());
        }
    }

    /** The names that semantic conventions have for what Java calls amd64, aarch64 and so on. */
    static String architecture(String javaName) {
        String name = javaName.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> name;
        };
    }

    private void put(String key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            attributes.put(key, value);
        }
    }

    private void putFirstLine(String key, Path file, ProcFiles files) {
        files.read(file, MAX_FILE_BYTES, '\n', lines -> {
            if (lines.next()) {
                put(key, lines.rest().strip());
            }
        });
    }

    private static Map<String, String> osRelease(Path file, ProcFiles files) {
        Map<String, String> values = new HashMap<>();
        files.read(file, MAX_FILE_BYTES, '\n', lines -> {
            while (lines.next()) {
                String line = lines.rest().strip();
                int equals = line.indexOf('=');
                if (equals > 0 && line.charAt(0) != '#') {
                    values.put(line.substring(0, equals), unquoted(line.substring(equals + 1)));
                }
            }
        });
        return values;
    }

    private static String unquoted(String value) {
        boolean isQuoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return isQuoted ? value.substring(1, value.length() - 1).replace("\\", "") : value;
    }
}
