package io.stackhouse.receiver.otlp;

import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, and how; for the log, which it can't deceive: what a client wrote is shortened and holds no character
 * that starts a line or moves a terminal. Immutable.
 *
 * @param transport what it came by
 * @param peer address and port of the other side
 * @param target method and path
 * @param encoding how the body is compressed, as its header says
 * @param userAgent as its header says
 */
record Sender(
        Transport transport,
        String peer,
        String target,
        String encoding,
        @Nullable String userAgent) {
    private static final int MAX_PEER_CHARS = 64;
    private static final int MAX_TARGET_CHARS = 120;
    private static final int MAX_ENCODING_CHARS = 24;
    private static final int MAX_USER_AGENT_CHARS = 80;

    Sender {
        peer = printable(peer, MAX_PEER_CHARS);
        target = printable(target, MAX_TARGET_CHARS);
        encoding = printable(encoding, MAX_ENCODING_CHARS);
        userAgent = printable(userAgent, MAX_USER_AGENT_CHARS);
    }

    /** The text with '?' for all but printable ASCII, and with an end where it was cut; '-' for none. */
    static String printable(@Nullable String text, int maxChars) {
        if (text == null || text.isEmpty()) {
            return "-";
        }
        StringBuilder out = new StringBuilder(Math.min(text.length(), maxChars) + 3);
        for (int i = 0; i < text.length() && i < maxChars; i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return text.length() > maxChars ? out.append("...").toString() : out.toString();
    }
}
