/** The {@code otlp} receiver: OTLP over gRPC and over HTTP. */
@NullMarked
package io.stackhouse.receiver.tls;

import org.jspecify.annotations.NullMarked;
