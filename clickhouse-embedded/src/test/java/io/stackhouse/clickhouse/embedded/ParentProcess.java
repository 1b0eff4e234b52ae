package io.stackhouse.clickhouse.embedded;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that starts a server, prints its process id and then waits to be killed. */
final class ParentProcess {

    private ParentProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedClickHouse server = EmbeddedClickHouse.start(Path.of(arguments[0]));
        System.out.println(server.pid());
        new CountDownLatch(1).await();
    }
}
