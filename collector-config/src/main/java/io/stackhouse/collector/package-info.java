/** The collector: its main program. */
@NullMarked
package io.stackhouse.collector;

import org.jspecify.annotations.NullMarked;
