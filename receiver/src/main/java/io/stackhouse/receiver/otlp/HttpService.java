package io.stackhouse.receiver.otlp;

import java.util.concurrent.Executor;

/**
 * What every connection of the HTTP port works with. Any thread.
 *
 * @param security who may send
 * @param workers where bodies are decompressed and decoded
 */
record HttpService(
        OtlpConfig.Http config, PortSecurity security, Intake intake, Executor workers, HttpMetrics metrics) {}
