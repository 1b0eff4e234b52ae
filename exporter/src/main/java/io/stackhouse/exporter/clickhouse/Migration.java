package io.stackhouse.exporter.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * One numbered step of the schema: a file of SQL on the class path. Never changed once released. Immutable.
 *
 * @param version its number in its set, from 1
 * @param name the file's name
 * @param text the file, with placeholders such as {@code {database}}
 */
record Migration(int version, String name, String text) {
    /** Reads the files of a set in order; a file's number is its place in the list. */
    static List<Migration> load(String folder, List<String> names) {
        Migration[] migrations = new Migration[names.size()];
        for (int i = 0; i < migrations.length; i++) {
            migrations[i] = new Migration(i + 1, names.get(i), read("schema/" + folder + "/" + names.get(i)));
        }
        return List.of(migrations);
    }

    /** SHA-256 of the file as it is shipped, in hex; what the placeholders stand for does not matter. */
    String checksum() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The statements with the placeholders filled in. */
    List<String> statements(Map<String, String> placeholders) {
        String filled = text;
        for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
            filled = filled.replace("{" + placeholder.getKey() + "}", placeholder.getValue());
        }
        return SqlScript.statements(filled);
    }

    private static String read(String path) {
        try (InputStream in = Migration.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the program's own file " + path + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the program's own file " + path + " can't be read", e);
        }
    }
}
