package io.stackhouse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The user that the parts run as, and how a command becomes theirs: with that user's ids, no other groups, and no capability but those given.
 *
 * @param name for messages
 */
record RunAs(int uid, int gid, String name) implements FileOwner {

    private static final int MAX_ID = 65_534;

    /** The one who called sudo, else nobody. */
    static RunAs choose(Map<String, String> environment) {
        Integer uid = id(environment.get("SUDO_UID"));
        Integer gid = id(environment.get("SUDO_GID"));
        if (uid != null && gid != null && uid > 0 && gid > 0) {
            return new RunAs(uid, gid, environment.getOrDefault("SUDO_USER", "user " + uid));
        }
        return new RunAs(MAX_ID, MAX_ID, "nobody");
    }

    /**
     * The command as this user.
     *
     * @param capabilities as setpriv names them, kept over the change of user and for what is started from there
     */
    List<String> command(List<String> capabilities, List<String> command) {
        StringBuilder set = new StringBuilder("-all");
        for (String capability : capabilities) {
            set.append(",+").append(capability);
        }
        List<String> all = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "--inh-caps=" + set,
                "--ambient-caps=" + set,
                "--bounding-set=" + set,
                "--no-new-privs",
                "--"));
        all.addAll(command);
        return all;
    }

    @Override
    public void give(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }

    boolean owns(Path path) throws IOException {
        return Integer.valueOf(uid).equals(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    }

    private static @Nullable Integer id(@Nullable String text) {
        return text != null && text.matches("\\d{1,9}") ? Integer.valueOf(text) : null;
    }
}
