@NullMarked
package io.stackhouse.exporter.otlp;

import org.jspecify.annotations.NullMarked;
