/**
 * What HotSpot tells about itself from outside: where its code lies and how its frames look (for the BPF program), names, inlined methods and lines of its
 * frames. All of it is found through the tables that libjvm.so exports for the serviceability agent; nothing is loaded into the target and nothing in it is changed.
 */
@NullMarked
package io.stackhouse.agent.jvm;

import org.jspecify.annotations.NullMarked;
