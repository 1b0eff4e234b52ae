package io.stackhouse.receiver.otlp;

import java.nio.charset.StandardCharsets;

/**
 * Any bytes on a connection to the HTTP port. The first byte says how they are cut into reads, the second what the pipeline answers
 * and whether the client stays for it.
 */
public final class Http1Fuzz {
    private static final int HEADER_BYTES = 2;

    private Http1Fuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < HEADER_BYTES) {
            return;
        }
        int readBytes = input[0] == 0 ? input.length : input[0] & 0xff;
        int choice = input[1];
        try (FuzzedConnection connection = new FuzzedConnection()) {
            connection.answerBy(choice & 3);
            for (int at = HEADER_BYTES; at < input.length && connection.isReading(); at += readBytes) {
                connection.write(input, at, Math.min(input.length, at + readBytes));
                if ((choice & 4) == 0) {
                    connection.runWork();
                }
                if ((choice & 8) == 0) {
                    connection.answerHeld((choice & 16) == 0);
                }
            }
            connection.runWork();
            if ((choice & 32) != 0) {
                connection.abort();
            }
            checkAnswers(connection.answers());
        }
    }

    private static void checkAnswers(byte[] answers) {
        boolean isHttp2 = answers.length > 3 && answers[3] == Http2Wire.SETTINGS;
        String text = new String(answers, StandardCharsets.ISO_8859_1);
        if (!isHttp2 && !text.isEmpty() && !text.startsWith("HTTP/1.1 ")) {
            throw new AssertionError("no answer of HTTP: " + text);
        }
    }
}
