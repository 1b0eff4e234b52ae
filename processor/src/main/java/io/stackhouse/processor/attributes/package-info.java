/** The {@code resource} and {@code attributes} processors: change attributes by a list of actions. */
@NullMarked
package io.stackhouse.processor.attributes;

import org.jspecify.annotations.NullMarked;
