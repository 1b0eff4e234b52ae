/** What receivers have in common. */
@NullMarked
package io.stackhouse.receiver;

import org.jspecify.annotations.NullMarked;
