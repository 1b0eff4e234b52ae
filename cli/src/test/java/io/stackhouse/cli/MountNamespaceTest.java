package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MountNamespaceTest {

    @Test
    void leavesACommandAloneThatReachesEverything() {
        MountNamespace namespace = MountNamespace.of(List.of(), List.of(Path.of("/opt/stackhouse")));
        assertThat(namespace.command(List.of("id"))).containsExactly("id");
    }

    @Test
    void coversTheTopmostClosedFolderAndBindsEachNeededTreeOnce() {
        MountNamespace namespace = MountNamespace.of(
                List.of(Path.of("/srv"), Path.of("/srv/it's"), Path.of("/srv/it's/mine")),
                List.of(
                        Path.of("/srv/it's/mine/stackhouse"),
                        Path.of("/srv/it's/mine/stackhouse/data"),
                        Path.of("/usr/lib/jvm")));

        List<String> command = namespace.command(List.of("id", "-u"));

        assertThat(command)
                .startsWith("unshare", "--mount", "--propagation", "private", "sh", "-c")
                .endsWith("sh", "id", "-u");
        assertThat(command.get(6)).isEqualTo("""
                        set -eu
                        umask 022
                        exec 3<'/srv/it'\\''s/mine/stackhouse'
                        mount -t tmpfs -o mode=755,size=1m,nosuid,nodev stackhouse '/srv'
                        mkdir -p '/srv/it'\\''s/mine/stackhouse'
                        mount --no-canonicalize --rbind /proc/self/fd/3 '/srv/it'\\''s/mine/stackhouse'
                        exec 3<&-
                        exec "$@"
                        """);
    }
}
