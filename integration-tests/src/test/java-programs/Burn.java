import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Burns so many milliseconds of CPU on its main thread; then waits for its stdin to end. */
public class Burn {
    static volatile long sink;

    static long compute(long rounds) {
        long x = 1;
        for (long i = 0; i < rounds; i++) {
            x = x * 6364136223846793005L + i;
        }
        return x;
    }

    public static void main(String[] args) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = Long.parseLong(args[0]) * 1_000_000;
        while (threads.getCurrentThreadCpuTime() < end) {
            sink += compute(100_000);
        }
        System.out.println("done");
        System.out.flush();
        while (System.in.read() >= 0) {}
    }
}
