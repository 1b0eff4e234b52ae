package io.stackhouse.agent;

import io.stackhouse.agent.sample.SamplerConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a run.
 *
 * @param endpoint of the OTLP/gRPC receiver: http is plain text, https TLS
 * @param interval how often what was counted is sent
 * @param sampler settings of the sampling
 * @param metricsListen where the metrics page is served, or null for nowhere
 */
record AgentConfig(
        URI endpoint,
        Duration interval,
        SamplerConfig sampler,
        @Nullable InetSocketAddress metricsListen) {}
