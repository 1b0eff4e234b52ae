/** The {@code filter} processor: drops spans, profiles and samples for which a condition holds. */
@NullMarked
package io.stackhouse.processor.filter;

import org.jspecify.annotations.NullMarked;
