package io.stackhouse.agent.sample;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One stack as the kernel gave it: who ran, and the addresses. A reused object: its source fills it anew for each record, so a
 * consumer copies what it keeps. Addresses are leaf first; on the user side all but the first are return addresses, which point
 * behind the call. One thread.
 */
public final class RawStack {
    private final long[] kernelIps = new long[RecordLayout.MAX_FRAMES];
    private final long[] userIps = new long[RecordLayout.MAX_FRAMES];
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

    /** True if this is one whole sample, counted nowhere else; false if it is a body whose samples are counted under its hash. */
    public boolean isSingle() {
        return kind == RecordLayout.KIND_SINGLE;
    }

    /** True if either side had more frames than were taken. */
    public boolean isTruncated() {
        return flags != 0;
    }

    /** Over the process's incarnation, the thread's name and all addresses; differs between runs of the agent. */
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

    public long[] kernelIps() {
        return kernelIps;
    }

    public int kernelCount() {
        return kernelCount;
    }

    public long[] userIps() {
        return userIps;
    }

    public int userCount() {
        return userCount;
    }

    /** False if the record's lengths contradict each other; then the object's content is undefined. */
    boolean read(ByteBuffer from, int offset, int bytes) {
        if (bytes < RecordLayout.IPS) {
            return false;
        }
        kernelCount = from.getShort(offset + RecordLayout.KERNEL_COUNT);
        userCount = from.getShort(offset + RecordLayout.USER_COUNT);
        boolean fits = kernelCount >= 0
                && userCount >= 0
                && kernelCount <= RecordLayout.MAX_FRAMES
                && userCount <= RecordLayout.MAX_FRAMES
                && bytes == RecordLayout.IPS + (kernelCount + userCount) * Long.BYTES;
        if (!fits) {
            return false;
        }
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
        int ips = offset + RecordLayout.IPS;
        for (int i = 0; i < kernelCount; i++) {
            kernelIps[i] = from.getLong(ips + i * Long.BYTES);
        }
        ips += kernelCount * Long.BYTES;
        for (int i = 0; i < userCount; i++) {
            userIps[i] = from.getLong(ips + i * Long.BYTES);
        }
        return true;
    }
}
