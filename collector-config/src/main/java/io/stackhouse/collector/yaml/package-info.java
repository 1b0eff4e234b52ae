/** Reads YAML into nodes that know their place, and nodes into records. */
@NullMarked
package io.stackhouse.collector.yaml;

import org.jspecify.annotations.NullMarked;
