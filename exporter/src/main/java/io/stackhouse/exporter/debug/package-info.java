/** A readable dump of what comes to the end of a pipeline. */
@NullMarked
package io.stackhouse.exporter.debug;

import org.jspecify.annotations.NullMarked;
