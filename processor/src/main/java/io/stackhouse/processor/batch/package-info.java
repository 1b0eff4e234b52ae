/** The {@code batch} processor: fewer and larger batches of spans, none too large of either signal. */
@NullMarked
package io.stackhouse.processor.batch;

import org.jspecify.annotations.NullMarked;
