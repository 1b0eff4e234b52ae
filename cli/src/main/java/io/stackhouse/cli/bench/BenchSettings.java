package io.stackhouse.cli.bench;

import java.nio.file.Path;
import java.util.Set;

/**
 * What to measure, and for how long.
 *
 * @param parts which of them
 * @param isFull the long runs too
 * @param rounds how often each figure is measured
 * @param warmUpSeconds under full load, of each process
 * @param seconds of full load in a measurement, which ends when what was accepted is worked off
 * @param soakSeconds of full load in the part of that name
 * @param seed of the load
 * @param home the project's folder
 * @param folder for everything that is removed at the end
 * @param results folder for what is kept
 */
record BenchSettings(
        Set<Part> parts,
        boolean isFull,
        int rounds,
        int warmUpSeconds,
        int seconds,
        int soakSeconds,
        long seed,
        Path home,
        Path folder,
        Path results) {

    /** What can be left out. */
    enum Part {
        PIPELINE,
        STORE,
        AGENT,
        SOAK
    }
}
