package io.stackhouse.agent.symbol;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file whose debug information is wanted.
 *
 * @param key what the file was when code was seen in it: another one under the same path is not taken
 * @param path as its process saw it
 * @param buildId GNU build id in hexadecimal digits; null if it has none
 * @param roots folders that may be the root of the file system that the path belongs to, the process's own first
 * @param range in {@code map_files}, which leads to the file whatever happened to its path
 */
record DebugTarget(FileKey key, String path, @Nullable String buildId, List<Path> roots, Path range) {}
