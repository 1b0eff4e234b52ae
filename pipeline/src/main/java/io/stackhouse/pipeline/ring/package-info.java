/** The ring and the pipeline that runs on it. */
@NullMarked
package io.stackhouse.pipeline.ring;

import org.jspecify.annotations.NullMarked;
