package io.stackhouse.agent;

import io.stackhouse.agent.export.OtlpSenderConfig;
import io.stackhouse.agent.sample.SamplerConfig;
import io.stackhouse.agent.symbol.DebugInfoConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a run.
 *
 * @param sender where intervals go
 * @param interval how often what was counted is sent
 * @param sampler settings of the sampling
 * @param debugInfo how lines are looked up
 * @param bpfRoot where the BPF file system is mounted, in which other programs share maps
 * @param metricsListen where the metrics page is served, or null for nowhere
 */
record AgentConfig(
        OtlpSenderConfig sender,
        Duration interval,
        SamplerConfig sampler,
        DebugInfoConfig debugInfo,
        Path bpfRoot,
        @Nullable InetSocketAddress metricsListen) {
    String metricsHost() {
        return metricsListen == null ? "" : metricsListen.getHostString();
    }
}
