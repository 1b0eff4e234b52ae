package io.stackhouse.agent.libbpf;

import com.sun.jna.Native;

/** Names of the errno values that BPF, perf and memory calls give. The numbers are the same on x86-64 and arm64. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int E2BIG = 7;
    public static final int EACCES = 13;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;

    /** The name, such as {@code EPERM}, or {@code errno 123} for one that is not in the table. */
    public static String name(int errno) {
        switch (errno) {
            case EPERM:
                return "EPERM";
            case ENOENT:
                return "ENOENT";
            case 3:
                return "ESRCH";
            case EINTR:
                return "EINTR";
            case E2BIG:
                return "E2BIG";
            case 9:
                return "EBADF";
            case 11:
                return "EAGAIN";
            case 12:
                return "ENOMEM";
            case EACCES:
                return "EACCES";
            case 14:
                return "EFAULT";
            case 16:
                return "EBUSY";
            case 17:
                return "EEXIST";
            case 19:
                return "ENODEV";
            case EINVAL:
                return "EINVAL";
            case 24:
                return "EMFILE";
            case ENOSPC:
                return "ENOSPC";
            case 38:
                return "ENOSYS";
            case 95:
                return "EOPNOTSUPP";
            case 524:
                return "ENOTSUPP";
            default:
                return "errno " + errno;
        }
    }

    /** errno of this thread's last native call. */
    static int last() {
        return Native.getLastError();
    }

    private Errno() {}
}
