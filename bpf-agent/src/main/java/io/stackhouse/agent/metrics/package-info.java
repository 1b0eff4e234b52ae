/** The agent's figures about itself, as a page that Prometheus can scrape. */
@NullMarked
package io.stackhouse.agent.metrics;

import org.jspecify.annotations.NullMarked;
