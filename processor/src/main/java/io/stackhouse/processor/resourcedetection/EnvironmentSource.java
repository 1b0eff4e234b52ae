package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OTEL_SERVICE_NAME, and OTEL_RESOURCE_ATTRIBUTES as {@code key=value,key=value} with percent-encoding, of the collector's own
 * environment.
 */
final class EnvironmentSource implements AttributeSource {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentSource.class);

    private final Map<String, String> environment;

    EnvironmentSource(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public void detect(Attributes into) {
        String serviceName = environment.getOrDefault("OTEL_SERVICE_NAME", "").strip();
        if (!serviceName.isEmpty()) {
            into.putIfAbsent("service.name", AttributeValue.of(serviceName));
        }
        String rest = environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "");
        while (!rest.isBlank()) {
            int comma = rest.indexOf(',');
            addPair(comma < 0 ? rest : rest.substring(0, comma), into);
            rest = comma < 0 ? "" : rest.substring(comma + 1);
        }
    }

    private static void addPair(String pair, Attributes into) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? "" : pair.substring(0, equals).strip();
        if (key.isEmpty()) {
            if (!pair.isBlank()) {
                LOG.warn("OTEL_RESOURCE_ATTRIBUTES has a part that is no key=value; it is left out");
            }
            return;
        }
        into.putIfAbsent(
                key, AttributeValue.of(decoded(pair.substring(equals + 1).strip())));
    }

    /** Percent-decoded; a % that begins no two hexadecimal digits stays. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[from.length];
        int size = 0;
        for (int i = 0; i < from.length; i++) {
            int high = from[i] == '%' && i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(from[i + 2], 16) : -1;
            if (low >= 0) {
                out[size++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[size++] = from[i];
            }
        }
        return new String(out, 0, size, StandardCharsets.UTF_8);
    }
}
