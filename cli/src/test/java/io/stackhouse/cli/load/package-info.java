@NullMarked
package io.stackhouse.cli.load;

import org.jspecify.annotations.NullMarked;
