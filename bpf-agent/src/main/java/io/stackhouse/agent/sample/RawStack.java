package io.stackhouse.agent.sample;

import io.stackhouse.agent.symbol.RecordedStack;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One stack as the kernel gave it: who ran, and the addresses. A reused object: its source fills it anew for each record, so a
 * consumer copies what it keeps. Addresses are leaf first; on the user side all but the first are return addresses, which point
 * behind the call (where a signal came in between, the interrupted instruction's address plus 1 stands for one). A frame of
 * generated code may have a type other than {@link #NATIVE} and cookies that tell what the code was. One thread.
 */
public final class RawStack implements RecordedStack {
    /** The type of a frame that no language's own step has left. */
    public static final int NATIVE = 0;

    private final long[] kernelIps = new long[RecordLayout.MAX_KERNEL_FRAMES];
    private final long[] userIps = new long[RecordLayout.MAX_USER_FRAMES];
    private final byte[] userTypes = new byte[RecordLayout.MAX_USER_FRAMES];
    private final long[] userCookies = new long[RecordLayout.MAX_USER_FRAMES * RecordLayout.MAX_COOKIES];
    private final byte[] comm = new byte[RecordLayout.COMM_BYTES];
    private int kind;
    private int flags;
    private long hash;
    private int tgid;
    private int tid;
    private int cpu;
    private long startBoottimeNanos;
    private long execId;
    private long boottimeNanos;
    private long cgroupId;
    private int kernelCount;
    private int userCount;
    private int status;
    private int need;
    private int region;

    /** True if this is one whole sample, counted nowhere else; false if it is a body whose samples are counted under its hash. */
    public boolean isSingle() {
        return kind == RecordLayout.KIND_SINGLE;
    }

    /** What it was taken for. */
    public Event event() {
        return Event.of(flags >>> RecordLayout.EVENT_SHIFT);
    }

    /** True if this is no sample: the unwinder lacks mappings or tables of the process, for the one user address here. */
    public boolean isNeed() {
        return kind == RecordLayout.KIND_NEED;
    }

    /** True if frames are missing at the root of either side. */
    @Override
    public boolean isTruncated() {
        return (flags & (RecordLayout.FLAG_KERNEL_TRUNCATED | RecordLayout.FLAG_USER_TRUNCATED)) != 0;
    }

    /** True if repetitions of a recursion were left out. */
    public boolean isFolded() {
        return (flags & RecordLayout.FLAG_FOLDED) != 0;
    }

    /** Why the unwinding of the user stack ended: SH_STATUS_x of stackhouse.h. */
    public int status() {
        return status;
    }

    /** What is lacking, SH_NEED_x of stackhouse.h. */
    public int need() {
        return need;
    }

    /** Which region's table is lacking. */
    public int region() {
        return region;
    }

    /** Over the event, the process's incarnation, the thread's name and all addresses; differs between runs of the agent. */
    public long hash() {
        return hash;
    }

    /** Process id in the initial PID namespace. */
    public int tgid() {
        return tgid;
    }

    /** Thread id in the initial PID namespace. */
    public int tid() {
        return tid;
    }

    public int cpu() {
        return cpu;
    }

    /** When the process (its first thread) started. */
    public long startBoottimeNanos() {
        return startBoottimeNanos;
    }

    /** Changes when the process calls exec. */
    public long execId() {
        return execId;
    }

    /** When the sample was taken. */
    public long boottimeNanos() {
        return boottimeNanos;
    }

    /** Of the version 2 hierarchy. */
    public long cgroupId() {
        return cgroupId;
    }

    /** The thread's name. Allocates: not for every record. */
    public String comm() {
        int length = 0;
        while (length < comm.length && comm[length] != 0) {
            length++;
        }
        return new String(comm, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public long[] kernelIps() {
        return kernelIps;
    }

    @Override
    public int kernelCount() {
        return kernelCount;
    }

    @Override
    public long[] userIps() {
        return userIps;
    }

    @Override
    public int userCount() {
        return userCount;
    }

    /** What kind of frame it is: {@link #NATIVE}, or a type of hotspot.bpf.h. */
    @Override
    public int userType(int frame) {
        return userTypes[frame];
    }

    /** What tells generated code apart from other code at the same address; 0 where the frame has no such cookie. */
    @Override
    public long userCookie(int frame, int i) {
        return userCookies[frame * RecordLayout.MAX_COOKIES + i];
    }

    /** False if the record's lengths contradict each other; then the object's content is undefined. */
    boolean read(ByteBuffer from, int offset, int bytes) {
        if (bytes < RecordLayout.WORDS) {
            return false;
        }
        kernelCount = from.getShort(offset + RecordLayout.KERNEL_COUNT);
        int words = from.getShort(offset + RecordLayout.USER_WORDS);
        boolean fits = kernelCount >= 0
                && words >= 0
                && kernelCount <= RecordLayout.MAX_KERNEL_FRAMES
                && words <= RecordLayout.MAX_USER_WORDS
                && bytes == RecordLayout.WORDS + (kernelCount + words) * Long.BYTES;
        if (!fits || !readHead(from, offset)) {
            return false;
        }
        int at = offset + RecordLayout.WORDS;
        for (int i = 0; i < kernelCount; i++) {
            kernelIps[i] = from.getLong(at + i * Long.BYTES);
        }
        return readUser(from, at + kernelCount * Long.BYTES, words);
    }

    private boolean readHead(ByteBuffer from, int offset) {
        kind = from.getInt(offset + RecordLayout.KIND);
        flags = from.getInt(offset + RecordLayout.FLAGS);
        hash = from.getLong(offset + RecordLayout.HASH);
        tgid = from.getInt(offset + RecordLayout.TGID);
        tid = from.getInt(offset + RecordLayout.TID);
        cpu = from.getInt(offset + RecordLayout.CPU);
        startBoottimeNanos = from.getLong(offset + RecordLayout.START_BOOTTIME);
        execId = from.getLong(offset + RecordLayout.EXEC_ID);
        boottimeNanos = from.getLong(offset + RecordLayout.BOOTTIME);
        cgroupId = from.getLong(offset + RecordLayout.CGROUP_ID);
        from.get(offset + RecordLayout.COMM, comm, 0, comm.length);
        status = from.getShort(offset + RecordLayout.STATUS);
        need = from.getShort(offset + RecordLayout.NEED);
        region = from.getInt(offset + RecordLayout.REGION);
        return Event.isCode(flags >>> RecordLayout.EVENT_SHIFT);
    }

    private boolean readUser(ByteBuffer from, int at, int words) {
        userCount = 0;
        int i = 0;
        while (i < words) {
            long word = from.getLong(at + i * Long.BYTES);
            int frameKind = (int) (word >>> RecordLayout.FRAME_PC_BITS);
            int cookies = frameKind >>> RecordLayout.FRAME_COOKIES_SHIFT;
            if (userCount == RecordLayout.MAX_USER_FRAMES || i + cookies >= words) {
                return false;
            }
            boolean isBelowSignal = userCount > 0 && (frameKind & RecordLayout.FRAME_EXACT) != 0;
            userIps[userCount] = (word & RecordLayout.FRAME_PC_MASK) + (isBelowSignal ? 1 : 0);
            userTypes[userCount] = (byte) (frameKind & RecordLayout.FRAME_TYPE_MASK);
            for (int c = 0; c < RecordLayout.MAX_COOKIES; c++) {
                userCookies[userCount * RecordLayout.MAX_COOKIES + c] =
                        c < cookies ? from.getLong(at + (i + 1 + c) * Long.BYTES) : 0;
            }
            userCount++;
            i += 1 + cookies;
        }
        return true;
    }
}
