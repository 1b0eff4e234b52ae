package io.stackhouse.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stands for any of the three parts: prints what the kernel lets it do, listens where a collector would, and ends with its standard input. */
final class PartProbe {

    private PartProbe() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals(System.getenv("STACKHOUSE_TEST_FAILING_PART"))) {
            System.out.println("there is no good reason for " + arguments[0]);
            System.exit(9);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ended " + System.nanoTime())));
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")
                    || line.startsWith("Cap")
                    || line.startsWith("NoNewPrivs:")
                    || line.startsWith("Groups:")) {
                System.out.println(line);
            }
        }
        System.out.println("arguments " + String.join(" ", arguments));
        try (ServerSocket grpc = listen("STACKHOUSE_OTLP_GRPC_PORT");
                ServerSocket http = listen("STACKHOUSE_OTLP_HTTP_PORT")) {
            System.out.println("pid " + ProcessHandle.current().pid());
            System.out.println("ready http " + grpc.getLocalPort() + " " + http.getLocalPort());
            while (System.in.read() >= 0) {
                // Only its end matters.
            }
        }
        System.exit(0);
    }

    private static ServerSocket listen(String variable) throws IOException {
        String port = System.getenv().getOrDefault(variable, "0");
        return new ServerSocket(Integer.parseInt(port), 1, InetAddress.getLoopbackAddress());
    }
}
