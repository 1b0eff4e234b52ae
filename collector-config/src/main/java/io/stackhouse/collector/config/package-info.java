/** What a configuration file says: components, pipelines and the service around them. */
@NullMarked
package io.stackhouse.collector.config;

import org.jspecify.annotations.NullMarked;
