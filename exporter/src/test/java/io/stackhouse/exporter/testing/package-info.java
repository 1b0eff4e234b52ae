/** What tests of several exporters share. */
@NullMarked
package io.stackhouse.exporter.testing;

import org.jspecify.annotations.NullMarked;
