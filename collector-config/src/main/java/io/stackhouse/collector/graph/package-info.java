/** Makes a configuration run: builds, starts and stops what it names. */
@NullMarked
package io.stackhouse.collector.graph;

import org.jspecify.annotations.NullMarked;
