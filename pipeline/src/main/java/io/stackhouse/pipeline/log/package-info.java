/** What keeps accepted requests until every destination has them. */
@NullMarked
package io.stackhouse.pipeline.log;

import org.jspecify.annotations.NullMarked;
