package io.stackhouse.threadcontext;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.processcontext.v1development.ProcessContext;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A reader of a process's context by the words of OTEP 4719: /proc/PID/maps, then its memory. */
record PublishedProcess(long publishedAtNanos, ProcessContext context) {
    private static final List<String> NAMES = List.of("[anon_shmem:OTEL_CTX]", "[anon:OTEL_CTX]", "/memfd:OTEL_CTX");

    static PublishedProcess read(String pid) throws IOException {
        List<Long> mappings = mappings(pid);
        if (mappings.size() != 1) {
            throw new IOException(mappings.size() + " mappings");
        }
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            ByteBuffer header = read(memory, mappings.get(0), 32);
            byte[] signature = new byte[8];
            header.get(signature);
            if (!new String(signature, StandardCharsets.US_ASCII).equals("OTEL_CTX") || header.getInt(8) != 2) {
                throw new IOException("not a process context of version 2");
            }
            ByteBuffer payload = read(memory, header.getLong(24), header.getInt(12));
            return new PublishedProcess(header.getLong(16), ProcessContext.parseFrom(payload));
        }
    }

    static List<Long> mappings(String pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/maps")).stream()
                .filter(line -> NAMES.stream().anyMatch(line::contains))
                .map(line -> Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16))
                .toList();
    }

    private static ByteBuffer read(RandomAccessFile memory, long address, int size) throws IOException {
        byte[] bytes = new byte[size];
        memory.seek(address);
        memory.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    Map<String, String> resource() {
        return context.getResource().getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }

    String schema() {
        return attribute("threadlocal.schema_version").getValue().getStringValue();
    }

    List<String> keys() {
        return attribute("threadlocal.attribute_key_map").getValue().getArrayValue().getValuesList().stream()
                .map(value -> value.getStringValue())
                .toList();
    }

    private KeyValue attribute(String key) {
        return context.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .findAny()
                .orElseThrow();
    }
}
