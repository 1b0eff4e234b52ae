/** Takes CPU samples: the BPF program, its events, ring buffer and maps, behind {@link io.stackhouse.agent.sample.SampleSource}. */
@NullMarked
package io.stackhouse.agent.sample;

import org.jspecify.annotations.NullMarked;
