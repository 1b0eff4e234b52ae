/** Sends profiles and traces on by OTLP, over gRPC or HTTP. */
@NullMarked
package io.stackhouse.exporter.otlp;

import org.jspecify.annotations.NullMarked;
