package io.stackhouse.exporter.testing;

import io.opentelemetry.api.metrics.Meter;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A meter that sums up what is recorded under each instrument's name. */
public final class RecordingMeter {
    public final Map<String, Long> sums = new ConcurrentHashMap<>();

    public Meter meter() {
        return (Meter) proxy(Meter.class, "");
    }

    public long sum(String instrument) {
        return sums.getOrDefault(instrument, -1L);
    }

    /** Every call gives the next step of building an instrument; the name is known from the first. */
    private Object proxy(Class<?> type, String instrument) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            String name = instrument.isEmpty() ? (String) arguments[0] : instrument;
            sums.putIfAbsent(name, 0L);
            if (isRecording(method)) {
                sums.merge(name, (Long) arguments[0], Long::sum);
            }
            Class<?> next = method.getReturnType();
            return next == void.class ? null : proxy(next, name);
        });
    }

    private static boolean isRecording(Method method) {
        return method.getName().equals("add") || method.getName().equals("record");
    }
}
