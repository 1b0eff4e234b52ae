/** What every processor counts. */
@NullMarked
package io.stackhouse.processor.items;

import org.jspecify.annotations.NullMarked;
