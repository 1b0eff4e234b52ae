package io.stackhouse.threadcontext;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Loads the native libraries from the jar: the binding for this class loader, and the core once per process. The core's address is left in the
 * system property {@value #CORE_PROPERTY}, where other class loaders find it. The files lie in a private temporary folder that is gone when the
 * load is done; what they map stays.
 */
final class NativeLibrary {
    static final String CORE_PROPERTY = "io.stackhouse.threadcontext.core";
    static final String DIRECTORY_PROPERTY = "stackhouse.threadcontext.directory";
    private static final String DIRECTORY_VARIABLE = "STACKHOUSE_THREADCONTEXT_DIRECTORY";

    private NativeLibrary() {}

    /** Loads on first use, once per class loader. */
    private static final class Loaded {
        static final @Nullable String FAILURE = load();
    }

    /** Why it can't be used, in words for a log; null when it can. Any thread. */
    static @Nullable String failure() {
        return Loaded.FAILURE;
    }

    private static @Nullable String load() {
        String system = System.getProperty("os.name", "unknown");
        if (!system.startsWith("Linux")) {
            return "this is " + system + "; samples are linked with spans on Linux only";
        }
        String arch = architecture(System.getProperty("os.arch", "unknown"));
        if (arch == null) {
            return "there is no native library for the architecture " + System.getProperty("os.arch");
        }
        Properties properties = System.getProperties();
        try {
            synchronized (properties) { // for two class loaders at once
                return loadFromJar(arch, properties);
            }
        } catch (IOException | UnsatisfiedLinkError | SecurityException e) {
            return "the native library could not be loaded from " + directory() + " (" + e
                    + "); another folder, on a file system" + " without noexec, can be named by -D"
                    + DIRECTORY_PROPERTY;
        }
    }

    static @Nullable String architecture(String osArch) {
        switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64":
            case "x86_64":
                return "x86_64";
            case "aarch64":
            case "arm64":
                return "aarch64";
            default:
                return null;
        }
    }

    private static @Nullable String loadFromJar(String arch, Properties properties) throws IOException {
        Path folder = Files.createTempDirectory(directory(), "stackhouse-context-");
        Path binding = folder.resolve("stackhouse-context-jni-" + arch + ".so");
        Path core = folder.resolve("stackhouse-context-" + arch + ".so");
        try {
            extract(binding);
            System.load(binding.toString());
            if (Native.use(coreAddress(properties))) {
                return null;
            }
            extract(core);
            long address = Native.load(core.toString());
            if (!Native.use(address)) {
                return "the native library " + core + " could not be loaded";
            }
            properties.setProperty(CORE_PROPERTY, Long.toHexString(address));
            return null;
        } finally {
            Files.deleteIfExists(core);
            Files.deleteIfExists(binding);
            Files.deleteIfExists(folder);
        }
    }

    private static Path directory() {
        String directory = System.getProperty(DIRECTORY_PROPERTY);
        if (directory == null) {
            directory = System.getenv(DIRECTORY_VARIABLE);
        }
        return Paths.get(directory == null ? System.getProperty("java.io.tmpdir", "/tmp") : directory)
                .toAbsolutePath();
    }

    private static long coreAddress(Properties properties) {
        try {
            return Long.parseUnsignedLong(properties.getProperty(CORE_PROPERTY, "0"), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void extract(Path file) throws IOException {
        String name = file.getFileName().toString();
        try (InputStream library = NativeLibrary.class.getResourceAsStream(name)) {
            if (library == null) {
                throw new IOException("the jar has no " + name);
            }
            Files.copy(library, file);
        }
    }
}
