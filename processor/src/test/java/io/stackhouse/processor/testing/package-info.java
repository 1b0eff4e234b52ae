/** What tests of processors share. */
@NullMarked
package io.stackhouse.processor.testing;

import org.jspecify.annotations.NullMarked;
