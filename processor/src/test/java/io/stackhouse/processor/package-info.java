/** Benchmarks of several processors. */
@NullMarked
package io.stackhouse.processor;

import org.jspecify.annotations.NullMarked;
