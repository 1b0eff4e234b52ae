/**
 * Readable names for mangled ones: C++ (Itanium ABI) and Rust (both manglings). What is not understood stays as it was.
 *
 * <p>Names come out of files that nobody has checked: depth, steps and output are bounded, and no exception leaves the package.
 */
@NullMarked
package io.stackhouse.agent.demangle;

import org.jspecify.annotations.NullMarked;
