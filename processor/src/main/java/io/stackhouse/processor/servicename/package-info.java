/** The {@code service_name} processor: names services that don't name themselves. */
@NullMarked
package io.stackhouse.processor.servicename;

import org.jspecify.annotations.NullMarked;
