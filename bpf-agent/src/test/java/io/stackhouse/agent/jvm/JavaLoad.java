package io.stackhouse.agent.jvm;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A target of tests: collections, streams, lambdas, proxies and sorting until it is killed, at most ten minutes. Prints "ready" when much of it is compiled. */
final class JavaLoad {
    private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private JavaLoad() {}

    interface Step {
        long apply(long value);
    }

    public static void main(String[] args) {
        long start = System.nanoTime();
        Step proxy = (Step) Proxy.newProxyInstance(
                JavaLoad.class.getClassLoader(), new Class<?>[] {Step.class}, (self, method, values) -> 1L);
        long sum = 0;
        boolean isReady = false;
        while (System.nanoTime() - start < LIFE_NANOS) {
            sum += round(sum) + proxy.apply(sum);
            if (!isReady && System.nanoTime() - start > TimeUnit.SECONDS.toNanos(2)) {
                System.out.println("ready");
                isReady = true;
            }
        }
        System.out.println(sum);
    }

    static long round(long seed) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            counts.merge("key" + (i + seed) % 100, i, Integer::sum);
        }
        List<Integer> values = new ArrayList<>(counts.values());
        values.sort(Comparator.reverseOrder());
        return values.stream().map(v -> v * 2).filter(v -> v % 3 == 0).collect(Collectors.summingInt(v -> v));
    }
}
