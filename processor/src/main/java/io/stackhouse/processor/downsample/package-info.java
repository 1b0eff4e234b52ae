/** The {@code downsample} processor: fewer profile rows with the same expected totals. */
@NullMarked
package io.stackhouse.processor.downsample;

import org.jspecify.annotations.NullMarked;
