/** Content hashes that are stored: two equal stacks have the same hash on every host, in every version of the program. */
@NullMarked
package io.stackhouse.pipeline.identity;

import org.jspecify.annotations.NullMarked;
