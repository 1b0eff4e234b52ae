package io.stackhouse.pipeline.testing;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The memory of all objects that are reachable in this JVM, by the class histogram that it makes after a full collection. */
public final class LiveMemory {
    private LiveMemory() {}

    /** In bytes. */
    public static long bytes() {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            String total = histogram.substring(histogram.lastIndexOf("Total")).strip();
            return Long.parseLong(total.split("\\s+")[2]);
        } catch (JMException e) {
            throw new IllegalStateException("this JVM makes no class histogram", e);
        }
    }
}
