/** The contracts of a component: what a receiver, a processor and an exporter are made of, and what they owe each other. */
@NullMarked
package io.stackhouse.pipeline;

import org.jspecify.annotations.NullMarked;
