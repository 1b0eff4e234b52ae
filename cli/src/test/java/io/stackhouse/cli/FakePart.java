package io.stackhouse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/** A small program to supervise: says that it is ready, notes its end, and ends with its standard input. */
final class FakePart {

    private FakePart() {}

    // Arguments: a name, a file to note the end in, and how to behave: serve, fail or stubborn.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String name = arguments[0];
        Path notes = Path.of(arguments[1]);
        if (arguments[2].equals("fail")) {
            System.out.println("no such thing as " + name);
            System.exit(7);
        }
        if (arguments[2].equals("stubborn")) {
            Runtime.getRuntime().addShutdownHook(new Thread(FakePart::never));
        } else {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> note(notes, name)));
        }
        System.out.println(name + " ready pid " + ProcessHandle.current().pid());
        while (System.in.read() >= 0) {
            // Only its end matters.
        }
        System.exit(0);
    }

    private static void note(Path notes, String line) {
        try {
            Files.writeString(notes, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void never() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
