package io.stackhouse.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessCgroupTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docker/ID",
                "/system.slice/docker-ID.scope",
                "/kubepods/besteffort/pod7d1b5a3e-5a9c-4d21-8e3f-1f6d8a7c9b10/ID",
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7d1b5a3e.slice/cri-containerd-ID.scope",
                "/kubepods.slice/kubepods-pod7d1b5a3e.slice/crio-ID.scope",
                "/machine.slice/libpod-ID.scope/container",
                "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope",
                "/system.slice/containerd.service/kubepods-besteffort-pod7d1b5a3e.slice:cri-containerd:ID",
                "/../../docker/ID",
                "/docker/ID/init.scope",
                "/docker/ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff/docker/ID"
            })
    void findsTheContainerInAPath(String path) {
        assertThat(ProcessCgroup.containerId(path.replace("ID", ID))).isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "",
                "/system.slice/ssh.service",
                "/user.slice/user-1000.slice/session-3.scope",
                "/kubepods.slice/crio-conmon-ID.scope",
                "/docker/0ID",
                "/docker/IDg",
                "/docker/ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
            })
    void findsNoneWhereThereIsNone(String path) {
        assertThat(ProcessCgroup.containerId(path.replace("ID", ID))).isNull();
    }

    @Test
    void prefersTheUnifiedLineThenTheLongestPath() throws Exception {
        assertThat(read("4:memory:/a/b\n1:name=systemd:/a/b/c\n0::/unified\n").line())
                .isEqualTo("0::/unified");
        assertThat(read("4:memory:/a/b\n1:name=systemd:/a/b/c\n0::/\n").line()).isEqualTo("1:name=systemd:/a/b/c");
        assertThat(read("2:cpu:/\n0::/\n").line()).isEqualTo("2:cpu:/");
        assertThat(read("0::/\n").line()).isEqualTo("0::/");
    }

    private ProcessCgroup read(String content) throws Exception {
        Files.writeString(folder.resolve("cgroup"), content);
        return ProcessCgroup.read(folder, new ProcFiles(new ProcessCounters()));
    }
}
