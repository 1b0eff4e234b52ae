/** Pages for people and probes: is it well, and what does it do. */
@NullMarked
package io.stackhouse.collector.admin;

import org.jspecify.annotations.NullMarked;
