/** The {@code otlp} receiver: OTLP over gRPC and over HTTP. */
@NullMarked
package io.stackhouse.receiver.otlp;

import org.jspecify.annotations.NullMarked;
