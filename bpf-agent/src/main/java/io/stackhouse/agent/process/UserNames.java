package io.stackhouse.agent.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Names of users as /etc/passwd has them, read again at most every five minutes; users of other sources go by their number. */
final class UserNames {
    private static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MAX_USERS = 10_000;

    private final Path passwd;
    private final ProcFiles files;
    private final LongSupplier clock;
    private final Map<Long, String> names = new HashMap<>();
    private long readAtNanos;

    UserNames(Path passwd, ProcFiles files, LongSupplier clock) {
        this.passwd = passwd;
        this.files = files;
        this.clock = clock;
        read();
    }

    String name(long userId) {
        String name = names.get(userId);
        if (name == null && clock.getAsLong() - readAtNanos >= MAX_AGE_NANOS) {
            read();
            name = names.get(userId);
        }
        return name == null ? Long.toString(userId) : name;
    }

    private void read() {
        readAtNanos = clock.getAsLong();
        files.read(passwd, 4 << 20, '\n', lines -> {
            names.clear();
            while (names.size() < MAX_USERS && lines.next()) {
                String[] fields = lines.rest().split(":", 4);
                if (fields.length == 4 && fields[2].matches("\\d{1,10}")) {
                    names.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
                }
            }
        });
    }
}
