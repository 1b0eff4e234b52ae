@NullMarked
package io.stackhouse.cli.bench;

import org.jspecify.annotations.NullMarked;
