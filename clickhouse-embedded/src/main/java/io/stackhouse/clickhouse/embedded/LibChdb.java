package io.stackhouse.clickhouse.embedded;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The module's only native calls: libchdb, and the few of libc that are needed to hand it a standard input of ours.
 *
 * <p>Threads: one engine per process; {@link #run} blocks its thread for the engine's life, {@link #stop} may be called from any other.
 *
 * <p>Signals: {@code chdb_set_signal_handlers_enabled(0)} keeps ClickHouse from installing its own handlers, but also resets the ones that are there. HotSpot needs
 * its SIGSEGV and its like for null checks and safepoints, so they are read before that call and put back behind it.
 */
final class LibChdb {

    /** SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGTSTP, SIGSYS: what the engine resets. */
    private static final int[] RESET_SIGNALS = {4, 5, 6, 7, 8, 11, 20, 31};

    /** More than glibc's struct sigaction takes on x86-64 (152) and arm64. */
    private static final int SIGACTION_BYTES = 256;

    private static final int STDIN = 0;

    private final int controlWriteFd;
    private final int parentStdinFd;
    private final int portsReadFd;
    private final int portsWriteFd;
    private boolean controlClosed;
    private boolean portsClosed;

    private LibChdb() {
        parentStdinFd = checked("dup", Libc.dup(STDIN));
        int[] control = newPipe();
        checked("dup2", Libc.dup2(control[0], STDIN));
        Libc.close(control[0]);
        controlWriteFd = control[1];
        int[] ports = newPipe();
        portsReadFd = ports[0];
        portsWriteFd = ports[1];
    }

    /**
     * Loads the library and takes over the process's standard input, which the engine reads until {@link #stop}.
     *
     * @throws UnsatisfiedLinkError when the library can't be loaded, for one on a system without glibc
     */
    static LibChdb load(Path library) {
        Native.register(Libc.class, NativeLibrary.getInstance("c"));
        Native.register(Chdb.class, NativeLibrary.getInstance(library.toString()));
        Memory[] handlers = readHandlers();
        Chdb.chdb_set_signal_handlers_enabled(0);
        restoreHandlers(handlers);
        return new LibChdb();
    }

    /** The file that the engine writes its ports to, as text; {@link #awaitPorts} reads them. */
    String portsFile() {
        return "/proc/self/fd/" + portsWriteFd;
    }

    /**
     * Runs clickhouse-local with these arguments until {@link #stop}, or until it fails.
     *
     * @return the engine's error, or null after a clean end
     */
    @Nullable
    String run(List<String> arguments) {
        try {
            StringArray argv = new StringArray(arguments.toArray(new String[0]), false);
            Memory[] handlers = readHandlers();
            Pointer result = Chdb.chdb_query_cmdline(arguments.size(), argv);
            restoreHandlers(handlers);
            return result == null ? "the engine gave no result" : Chdb.chdb_result_error(result);
        } finally {
            closePorts();
        }
    }

    /**
     * Lets the process end without the library's destructors from now on. HotSpot calls exit(3) on a thread of its own; there they ran while
     * threads of the engine still lived, and crashed now and then. What is registered last runs first, and it is _exit(2), which gets exit's
     * status: so this comes after the engine's own registrations.
     */
    void skipDestructors() {
        checked("on_exit", Libc.on_exit(NativeLibrary.getInstance("c").getFunction("_exit"), null));
    }

    /** Lets the engine see the end of its input, on which it shuts down in order. Safe to call twice. */
    synchronized void stop() {
        if (!controlClosed) {
            controlClosed = true;
            Libc.close(controlWriteFd);
        }
    }

    /** Waits until the process that started this one closed its end of our standard input, or died. */
    void awaitParentEnd() {
        byte[] buffer = new byte[256];
        while (Libc.read(parentStdinFd, buffer, buffer.length) > 0) {
            // What a parent writes has no meaning here.
        }
    }

    /**
     * Waits for the line that the engine writes once both servers listen.
     *
     * @return that line, or null when the engine ended first
     */
    @Nullable
    String awaitPorts() {
        StringBuilder line = new StringBuilder();
        byte[] buffer = new byte[64];
        while (line.indexOf("\n") < 0) {
            long count = Libc.read(portsReadFd, buffer, buffer.length);
            if (count <= 0) {
                return null;
            }
            line.append(new String(buffer, 0, (int) count, StandardCharsets.US_ASCII));
        }
        closePorts();
        return line.toString().trim();
    }

    private synchronized void closePorts() {
        if (!portsClosed) {
            portsClosed = true;
            Libc.close(portsWriteFd);
        }
    }

    private static int[] newPipe() {
        int[] ends = new int[2];
        checked("pipe", Libc.pipe(ends));
        return ends;
    }

    private static int checked(String call, int result) {
        if (result < 0) {
            throw new IllegalStateException(call + " failed with errno " + Native.getLastError());
        }
        return result;
    }

    private static Memory[] readHandlers() {
        Memory[] handlers = new Memory[RESET_SIGNALS.length];
        for (int i = 0; i < handlers.length; i++) {
            handlers[i] = new Memory(SIGACTION_BYTES);
            checked("sigaction", Libc.sigaction(RESET_SIGNALS[i], null, handlers[i]));
        }
        return handlers;
    }

    private static void restoreHandlers(Memory[] handlers) {
        for (int i = 0; i < handlers.length; i++) {
            checked("sigaction", Libc.sigaction(RESET_SIGNALS[i], handlers[i], null));
        }
    }

    private static final class Libc {
        private Libc() {}

        static native int dup(int fd);

        static native int dup2(int from, int to);

        static native int pipe(int[] ends);

        static native int close(int fd);

        static native long read(int fd, byte[] buffer, long count);

        static native int on_exit(Pointer function, @Nullable Pointer argument);

        static native int sigaction(int signal, @Nullable Pointer next, @Nullable Pointer previous);
    }

    private static final class Chdb {
        private Chdb() {}

        static native void chdb_set_signal_handlers_enabled(int enabled);

        static native @Nullable Pointer chdb_query_cmdline(int argc, StringArray argv);

        static native @Nullable String chdb_result_error(Pointer result);
    }
}
