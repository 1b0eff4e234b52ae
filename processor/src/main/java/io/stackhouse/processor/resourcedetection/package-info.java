/** The {@code resource_detection} processor: says on which machine telemetry was made. */
@NullMarked
package io.stackhouse.processor.resourcedetection;

import org.jspecify.annotations.NullMarked;
