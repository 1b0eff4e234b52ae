package io.stackhouse.receiver.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The blocks of a PEM file (RFC 7468). What stands between blocks is left out; a block that has no end, as in a file that is
 * still being written, is an error.
 *
 * @param label such as {@code CERTIFICATE}
 * @param isEncrypted by the headers of old times
 * @param content what the block holds, DER
 */
record Pem(String label, boolean isEncrypted, byte[] content) {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** Reads all blocks; throws IllegalArgumentException that names the file. */
    static List<Pem> read(String file, byte[] bytes) {
        List<Pem> blocks = new ArrayList<>();
        String label = "";
        boolean isEncrypted = false;
        StringBuilder base64 = new StringBuilder();
        for (String raw : new String(bytes, ISO_8859_1).lines().toList()) {
            String line = raw.strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                if (!label.isEmpty()) {
                    throw new IllegalArgumentException(file + ": a block '" + label + "' has no end");
                }
                label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                isEncrypted = false;
                base64.setLength(0);
            } else if (!label.isEmpty() && line.equals(END + label + DASHES)) {
                blocks.add(new Pem(label, isEncrypted, decode(file, label, base64)));
                label = "";
            } else if (line.startsWith("Proc-Type:")) {
                isEncrypted = line.contains("ENCRYPTED");
            } else if (!label.isEmpty() && line.indexOf(':') < 0) {
                base64.append(line);
            }
        }
        if (!label.isEmpty()) {
            throw new IllegalArgumentException(file + ": the block '" + label + "' has no end; is it written whole?");
        }
        return blocks;
    }

    private static byte[] decode(String file, String label, StringBuilder base64) {
        try {
            return Base64.getDecoder().decode(base64.toString());
        } catch (IllegalArgumentException e) {
            // Without its message, which shows what was read.
            throw new IllegalArgumentException(file + ": the block '" + label + "' is no base64");
        }
    }

    @Override
    public String toString() {
        return label;
    }
}
