package io.stackhouse.exporter.clickhouse;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.ClientMisconfigurationException;
import com.clickhouse.client.api.ServerException;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * Why ClickHouse did not do what it was asked, and whether asking again can help. Immutable.
 *
 * <p>Retried is what can pass, or be mended, without changing the block: the network, a busy or full server, a table or a right
 * that is missing. Final is what the same bytes will always meet: a column that does not exist, a value that can't be read.
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

    private static final Set<Integer> RETRIED_CODES = Set.of(
            UNKNOWN_TABLE,
            UNKNOWN_DATABASE,
            TOO_MANY_PARTS,
            ACCESS_DENIED,
            UNKNOWN_USER,
            WRONG_PASSWORD,
            REQUIRED_PASSWORD,
            AUTHENTICATION_FAILED,
            3, // UNEXPECTED_END_OF_FILE
            23, // CANNOT_READ_FROM_ISTREAM
            24, // CANNOT_WRITE_TO_OSTREAM
            74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
            75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
            76, // CANNOT_OPEN_FILE
            95, // CANNOT_READ_FROM_SOCKET
            96, // CANNOT_WRITE_TO_SOCKET
            159, // TIMEOUT_EXCEEDED
            160, // TOO_SLOW
            164, // READONLY
            173, // CANNOT_ALLOCATE_MEMORY
            198, // DNS_ERROR
            201, // QUOTA_EXCEEDED
            202, // TOO_MANY_SIMULTANEOUS_QUERIES
            203, // NO_FREE_CONNECTION
            209, // SOCKET_TIMEOUT
            210, // NETWORK_ERROR
            225, // NO_ZOOKEEPER
            236, // ABORTED
            241, // MEMORY_LIMIT_EXCEEDED
            242, // TABLE_IS_READ_ONLY
            243, // NOT_ENOUGH_SPACE
            244, // UNEXPECTED_ZOOKEEPER_ERROR
            285, // TOO_FEW_LIVE_REPLICAS
            286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
            319, // UNKNOWN_STATUS_OF_INSERT
            335, // BARRIER_TIMEOUT
            394, // QUERY_WAS_CANCELLED
            425, // SYSTEM_ERROR
            439, // CANNOT_SCHEDULE_TASK
            473, // DEADLOCK_AVOIDED
            499, // S3_ERROR
            574, // DISTRIBUTED_TOO_MANY_PENDING_BYTES
            692, // TOO_MANY_MUTATIONS
            999); // KEEPER_EXCEPTION

    private final boolean isRetryable;
    private final int code;
    private final String message;

    private InsertFailure(boolean isRetryable, int code, String message) {
        this.isRetryable = isRetryable;
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
                return new InsertFailure(false, 0, text(cause));
            }
        }
        return new InsertFailure(!isProgramError(root(thrown)), 0, chain(thrown));
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
        boolean isRetryable = code <= 0 ? hasPassingStatus || httpStatus == 0 : RETRIED_CODES.contains(code);
        return new InsertFailure(isRetryable, Math.max(code, 0), message);
    }

    boolean isRetryable() {
        return isRetryable;
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
