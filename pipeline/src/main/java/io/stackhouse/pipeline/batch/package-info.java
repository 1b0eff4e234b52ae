/** What flows: decoded profiles and spans as columns, and the attributes of their resources. */
@NullMarked
package io.stackhouse.pipeline.batch;

import org.jspecify.annotations.NullMarked;
