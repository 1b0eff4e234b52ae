/** How exporters deal with a destination that is slow or away: waits between attempts, and an end in time. */
@NullMarked
package io.stackhouse.exporter.delivery;

import org.jspecify.annotations.NullMarked;
