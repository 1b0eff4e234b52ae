/** What the collector says about itself: metrics and logs. */
@NullMarked
package io.stackhouse.collector.telemetry;

import org.jspecify.annotations.NullMarked;
