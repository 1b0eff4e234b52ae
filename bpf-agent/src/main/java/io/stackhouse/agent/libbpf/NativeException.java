package io.stackhouse.agent.libbpf;

/** A call of libbpf or of the kernel failed. The message names the call, errno and, where one is known, the reason. */
public final class NativeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    NativeException(String call, int errno) {
        super(call + ": " + Errno.name(errno));
        this.errno = errno;
    }

    NativeException(String call, int errno, String reason) {
        super(call + ": " + Errno.name(errno) + ": " + reason);
        this.errno = errno;
    }

    /** The positive errno, such as {@link Errno#EPERM}. */
    public int errno() {
        return errno;
    }

    /** For functions that return a negative errno. */
    static int check(String call, int result) {
        if (result < 0) {
            throw new NativeException(call, -result);
        }
        return result;
    }

    /** For functions that return -1 and set errno. Must follow the call with no other native call between. */
    static int checkErrno(String call, int result) {
        if (result < 0) {
            throw new NativeException(call, Errno.last());
        }
        return result;
    }
}
