/** The {@code memory_limiter} processor: refuses requests at the door while memory is short. */
@NullMarked
package io.stackhouse.processor.memorylimiter;

import org.jspecify.annotations.NullMarked;
