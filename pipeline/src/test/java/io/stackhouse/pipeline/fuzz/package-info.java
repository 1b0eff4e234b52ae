/**
 * Fuzz targets of the decoders: each has a {@code fuzzerTestOneInput(byte[])} that throws when a rule is broken. Jazzer drives them in
 * the build and in long runs; {@link FuzzRegressionTest} runs their seeds and former findings as plain tests.
 */
@NullMarked
package io.stackhouse.pipeline.fuzz;

import org.jspecify.annotations.NullMarked;
