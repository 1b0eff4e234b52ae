package io.stackhouse.exporter.clickhouse;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.ClientMisconfigurationException;
import com.clickhouse.client.api.ServerException;
import io.stackhouse.exporter.clickhouse.InsertErrors.Action;
import java.util.concurrent.CompletionException;

/**
 * Why ClickHouse did not do what it was asked, and whether asking again can help. Immutable.
 *
 * <p>What is done about it stands in {@link InsertErrors}; a failure without a code of ClickHouse's, such as the network's, is retried.
 */
final class InsertFailure {
    static final int UNKNOWN_TABLE = 60;
    static final int UNKNOWN_DATABASE = 81;
    static final int TOO_MANY_PARTS = 252;
    static final int ACCESS_DENIED = 497;
    private static final int UNKNOWN_USER = 192;
    private static final int WRONG_PASSWORD = 193;
    private static final int REQUIRED_PASSWORD = 194;
    private static final int AUTHENTICATION_FAILED = 516;

    private final Action action;
    private final int code;
    private final String message;

    private InsertFailure(Action action, int code, String message) {
        this.action = action;
        this.code = code;
        this.message = message;
    }

    /** Looks at what the client threw. */
    static InsertFailure of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerException) {
                ServerException server = (ServerException) cause;
                return ofServer(server.getCode(), server.getTransportProtocolCode(), text(server));
            }
            if (cause instanceof ClientMisconfigurationException) {
                return new InsertFailure(Action.ASIDE, 0, text(cause));
            }
        }
        return new InsertFailure(isProgramError(root(thrown)) ? Action.ASIDE : Action.RETRY, 0, chain(thrown));
    }

    /** What neither the network nor ClickHouse's client throws on purpose: the same bytes would meet it again. */
    private static boolean isProgramError(Throwable root) {
        return root instanceof RuntimeException
                && !(root instanceof ClickHouseException)
                && !(root instanceof IllegalStateException)
                && !(root instanceof CompletionException);
    }

    /**
     * Looks at what the server said.
     *
     * @param code ClickHouse's own, 0 when the answer had none
     * @param httpStatus 0 when unknown
     */
    static InsertFailure ofServer(int code, int httpStatus, String message) {
        boolean hasPassingStatus = httpStatus >= 500 || httpStatus == 429 || httpStatus == 408;
        Action withoutCode = hasPassingStatus || httpStatus == 0 ? Action.RETRY : Action.ASIDE;
        return new InsertFailure(code <= 0 ? withoutCode : InsertErrors.action(code), Math.max(code, 0), message);
    }

    Action action() {
        return action;
    }

    /** Whether the same bytes may be taken another time. */
    boolean isRetryable() {
        return action == Action.RETRY || action == Action.STOP;
    }

    /** Whether the server does not know the user, or not with this password. */
    boolean isAuthentication() {
        return code == UNKNOWN_USER
                || code == WRONG_PASSWORD
                || code == REQUIRED_PASSWORD
                || code == AUTHENTICATION_FAILED;
    }

    /** ClickHouse's error code, 0 when the failure is not the server's. */
    int code() {
        return code;
    }

    String message() {
        return message;
    }

    private static String chain(Throwable thrown) {
        Throwable root = root(thrown);
        return root.equals(thrown) ? text(thrown) : text(thrown) + ": " + text(root);
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message.strip();
    }
}
