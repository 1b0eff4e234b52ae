package io.stackhouse.agent.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES of a process's environment as it was at its start. Of the other variables nothing is kept, not even in
 * the buffer.
 */
final class Environment {
    private static final long MAX_FILE_BYTES = 4 << 20;
    private static final String SERVICE_NAME = "OTEL_SERVICE_NAME=";
    private static final String RESOURCE_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES=";

    private final ProcFiles files;
    private boolean malformed;

    Environment(ProcFiles files) {
        this.files = files;
    }

    /** The attributes that the process was given, those of OTEL_SERVICE_NAME over the others; empty if there are none or they can't be read. */
    Map<String, String> read(Path directory) {
        malformed = false;
        Map<String, String> given = new LinkedHashMap<>();
        String[] serviceName = new String[1];
        files.read(directory.resolve("environ"), MAX_FILE_BYTES, '\0', lines -> {
            while (lines.next()) {
                if (lines.skip(SERVICE_NAME)) {
                    serviceName[0] = lines.rest();
                } else if (lines.skip(RESOURCE_ATTRIBUTES)) {
                    malformed = lines.wasCut() || !AttributeList.parse(lines.rest(), given);
                }
            }
        });
        files.lines().wipe();
        if (serviceName[0] != null && !serviceName[0].isBlank()) {
            given.put("service.name", serviceName[0].strip());
        } else {
            given.remove("service.name", "");
        }
        return given;
    }

    /** Whether the last OTEL_RESOURCE_ATTRIBUTES read were set aside. */
    boolean wasMalformed() {
        return malformed;
    }
}
