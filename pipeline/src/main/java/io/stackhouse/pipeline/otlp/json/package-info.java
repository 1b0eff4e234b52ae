/** OTLP's JSON: requests become protobuf, so that there is one decoder; answers become JSON. Knows nothing of the decoders. */
@NullMarked
package io.stackhouse.pipeline.otlp.json;

import org.jspecify.annotations.NullMarked;
