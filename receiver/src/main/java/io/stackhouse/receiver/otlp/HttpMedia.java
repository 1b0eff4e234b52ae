package io.stackhouse.receiver.otlp;

import com.google.rpc.Status;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.json.OtlpJson;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request's body is, and its answer's with it. */
enum HttpMedia {
    PROTOBUF("application/x-protobuf"),
    JSON("application/json");

    /** Both, for messages and for the header {@code Accept}. */
    static final String KNOWN = PROTOBUF.type + ", " + JSON.type;

    private static final String CHARSET = "charset=";
    private static final String QUOTE = "\"";

    private final String type;

    HttpMedia(String type) {
        this.type = type;
    }

    String type() {
        return type;
    }

    /**
     * What the header {@code Content-Type} says.
     *
     * @param values all values of it
     * @return null when it isn't one of ours, in UTF-8, once
     */
    static @Nullable HttpMedia of(List<String> values) {
        if (values.size() != 1) {
            return null;
        }
        String[] parts = values.get(0).toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith(CHARSET) && !isUtf8(parameter.substring(CHARSET.length()))) {
                return null;
            }
        }
        String type = parts[0].strip();
        for (HttpMedia media : values()) {
            if (media.type.equals(type)) {
                return media;
            }
        }
        return null;
    }

    private static boolean isUtf8(String charset) {
        boolean isQuoted = charset.length() > 1 && charset.startsWith(QUOTE) && charset.endsWith(QUOTE);
        String name = isQuoted ? charset.substring(1, charset.length() - 1) : charset;
        return name.equals("utf-8") || name.equals("utf8");
    }

    /** An error's body. */
    byte[] encode(Status status) {
        return this == JSON ? OtlpJson.status(status) : status.toByteArray();
    }

    /** A success's body. */
    byte[] encode(Signal signal, HttpSuccess success) {
        return this == JSON
                ? OtlpJson.exportResponse(signal, success.rejected(), success.message())
                : success.toProtobuf();
    }
}
