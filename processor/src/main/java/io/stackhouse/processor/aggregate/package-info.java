/** The {@code aggregate} processor: one row for equal samples of a window. */
@NullMarked
package io.stackhouse.processor.aggregate;

import org.jspecify.annotations.NullMarked;
