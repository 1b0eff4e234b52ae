/** What tests of several modules share. */
@NullMarked
package io.stackhouse.pipeline.testing;

import org.jspecify.annotations.NullMarked;
