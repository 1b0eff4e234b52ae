/** The memory that requests in flight may take together, and each one's part of it. */
@NullMarked
package io.stackhouse.pipeline.memory;

import org.jspecify.annotations.NullMarked;
