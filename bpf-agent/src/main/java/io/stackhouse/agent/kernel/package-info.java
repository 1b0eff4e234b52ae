/** What the kernel and the process's privileges give, and what is missing. */
@NullMarked
package io.stackhouse.agent.kernel;

import org.jspecify.annotations.NullMarked;
