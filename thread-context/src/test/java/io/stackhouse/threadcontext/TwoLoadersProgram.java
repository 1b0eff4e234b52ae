package io.stackhouse.threadcontext;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program of tests: an application server with two applications, each with OpenTelemetry, the library and a class loader of its own. */
public final class TwoLoadersProgram {
    private TwoLoadersProgram() {}

    /** The arguments are the applications' class path. */
    public static void main(String[] arguments) throws Throwable {
        URL[] classPath = new URL[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            classPath[i] = Path.of(arguments[i]).toUri().toURL();
        }
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        try (URLClassLoader first = new URLClassLoader(classPath, platform);
                URLClassLoader second = new URLClassLoader(classPath, platform)) {
            for (URLClassLoader application : List.of(first, second, first)) {
                MethodHandles.publicLookup()
                        .findStatic(
                                application.loadClass(Application.class.getName()),
                                "run",
                                MethodType.methodType(void.class))
                        .invokeExact();
            }
        }
        long cores = Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("stackhouse-context-") && !line.contains("-jni-"))
                .map(line -> line.substring(line.lastIndexOf('/')))
                .distinct()
                .count();
        System.out.println(
                "process contexts " + PublishedProcess.mappings("self").size() + ", cores " + cores);
    }

    /** One of the applications. */
    public static final class Application {
        private Application() {}

        /** Installs, makes a span current on this thread, and says whether the thread shows it. */
        public static void run() throws Exception {
            SdkProgram.main(new String[] {"threads", "1"});
        }
    }
}
