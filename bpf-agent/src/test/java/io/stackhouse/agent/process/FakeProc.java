package io.stackhouse.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A folder that looks like procfs, for processes that cannot be made at will. */
final class FakeProc {
    final Path root;
    final Path etc;

    FakeProc(Path folder) throws IOException {
        root = Files.createDirectories(folder.resolve("proc"));
        etc = Files.createDirectories(folder.resolve("etc"));
        Files.writeString(root.resolve("stat"), "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");
        Files.createDirectories(root.resolve("sys/kernel"));
        Files.writeString(root.resolve("sys/kernel/hostname"), "box-17\n");
        Files.writeString(etc.resolve("machine-id"), "0123456789abcdef0123456789abcdef\n");
        Files.writeString(
                etc.resolve("passwd"),
                "root:x:0:0:root:/root:/bin/sh\n# no user\nalice:x:1000:1000:,,,:/home/alice:/bin/sh\n");
        Files.writeString(
                etc.resolve("os-release"),
                "PRETTY_NAME=\"Some Linux 12 (wood)\"\nNAME='Some Linux'\nVERSION_ID=\"12\"\nBUILD_ID=rolling\n");
    }

    ProcessTableConfig config(int maxProcesses) {
        return new ProcessTableConfig(root, etc, maxProcesses, 64, TimeUnit.SECONDS.toNanos(30), true);
    }

    Path process(int pid, String comm, long flags, long startTicks) throws IOException {
        Path directory = Files.createDirectories(root.resolve(Integer.toString(pid)));
        String stat = pid + " (" + comm + ") S 1 10 10 0 -1 " + flags + " 0 0 0 0 0 0 0 0 20 0 1 0 " + startTicks
                + " 1000 10\n";
        Files.writeString(directory.resolve("stat"), stat);
        Files.writeString(
                directory.resolve("status"), "Name:\t" + comm + "\nUid:\t0\t1000\t0\t0\nNSpid:\t" + pid + "\t7\n");
        Files.writeString(directory.resolve("cgroup"), "0::/system.slice/thing.service\n");
        Files.writeString(directory.resolve("environ"), "PATH=/bin\0HOME=/\0");
        Files.writeString(directory.resolve("maps"), "00400000-00401000 r-xp 00000000 08:01 42 /opt/thing\n");
        return directory;
    }

    void executable(int pid, String path) throws IOException {
        Files.createSymbolicLink(root.resolve(Integer.toString(pid)).resolve("exe"), Path.of(path));
    }
}
