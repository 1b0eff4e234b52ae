/** The wire: OTLP decoders and encoders, one per protocol version. Nothing else sees OTLP's profiles messages. */
@NullMarked
package io.stackhouse.pipeline.otlp;

import org.jspecify.annotations.NullMarked;
