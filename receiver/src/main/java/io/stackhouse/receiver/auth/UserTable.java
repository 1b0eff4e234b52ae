package io.stackhouse.receiver.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * Users, their passwords, and which credentials were found right or wrong since the table was read. Any thread.
 *
 * <p>When the table has a bcrypt hash, whoever is refused has cost a check of the table's highest cost, also who is unknown or has a
 * plain password: the time doesn't tell. Users should all have hashes of one cost. What was found out is remembered by keyed hash,
 * right and wrong credentials apart, so that guessing doesn't drive out those that are right.
 */
final class UserTable {
    /** What bcrypt looks at; what is longer could never differ. */
    private static final int MAX_BCRYPT_BYTES = 72;

    private final KeyedHash hash;
    private final Map<String, String> bcrypt = new HashMap<>();
    private final Map<String, byte[]> plain = new HashMap<>();
    private final byte[] nobody;
    private final @Nullable String dearest;
    private final Map<ByteKey, Boolean> right;
    private final Map<ByteKey, Boolean> wrong;

    /** Users as {@link HtpasswdLines} reads them. */
    UserTable(KeyedHash hash, Map<String, String> users, int maxCached) {
        this.hash = hash;
        this.nobody = hash.of(new byte[0]);
        String highest = null;
        for (Map.Entry<String, String> user : users.entrySet()) {
            String password = user.getValue();
            if (!HtpasswdLines.isBcrypt(password)) {
                plain.put(user.getKey(), hash.of(password.getBytes(UTF_8)));
                continue;
            }
            bcrypt.put(user.getKey(), password);
            if (highest == null || HtpasswdLines.cost(password) > HtpasswdLines.cost(highest)) {
                highest = password;
            }
        }
        this.dearest = highest;
        this.right = new Bounded(maxCached);
        this.wrong = new Bounded(maxCached);
    }

    /** What names credentials in {@link #known} and {@link #remember}. */
    ByteKey key(String user, String password) {
        // With the length, so that no other pair of texts is the same.
        return new ByteKey(hash.of((user.length() + ":" + user + password).getBytes(UTF_8)));
    }

    /** Whether the credentials are right, when that is known without a costly check; else null. */
    @Nullable
    Boolean known(String user, String password, ByteKey key) {
        byte[] expected = plain.getOrDefault(user, nobody);
        boolean isPlainRight = MessageDigest.isEqual(expected, hash.of(password.getBytes(UTF_8))) && expected != nobody;
        if (isPlainRight || dearest == null) {
            return isPlainRight;
        }
        synchronized (right) {
            if (right.get(key) != null) {
                return true;
            }
        }
        synchronized (wrong) {
            return wrong.get(key) == null ? null : false;
        }
    }

    /** The costly check. */
    boolean verify(String user, String password) {
        String stored = bcrypt.get(user);
        String compared = stored == null ? dearest : stored;
        byte[] bytes = password.getBytes(UTF_8);
        boolean isSame = compared != null && bytes.length <= MAX_BCRYPT_BYTES && BCrypt.checkpw(bytes, compared);
        return isSame && stored != null;
    }

    void remember(ByteKey key, boolean isRight) {
        Map<ByteKey, Boolean> cache = isRight ? right : wrong;
        synchronized (cache) {
            cache.put(key, isRight);
        }
    }

    /** Forgets what was used longest ago. */
    private static final class Bounded extends LinkedHashMap<ByteKey, Boolean> {
        private static final long serialVersionUID = 1L;
        private final int most;

        Bounded(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteKey, Boolean> eldest) {
            return size() > most;
        }
    }
}
