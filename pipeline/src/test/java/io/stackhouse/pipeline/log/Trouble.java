package io.stackhouse.pipeline.log;

import java.util.Random;

/** What goes wrong with a disk in the histories of the model tests. */
enum Trouble {
    /** Writes and syncs fail now and then, and power does: writes are torn. */
    FAILURES,
    /** A bit flips in each life. */
    FLIPS,
    /** Syncs are forgotten by the disk. */
    FORGOTTEN_SYNCS,
    /** The disk gets full, and has room again. */
    FULL_DISK;

    /** Makes the trouble of one life that is there before its crash. */
    void begin(FaultyStorage storage, Random random) {
        if (this == FAILURES) {
            storage.failWithProbability(random.nextInt(3) == 0 ? 0.05 : 0);
        } else if (this == FORGOTTEN_SYNCS) {
            storage.forgetSyncsWithProbability(0.2);
        } else if (this == FULL_DISK) {
            storage.setCapacity(storage.usedBytes() + random.nextInt(20_000));
        }
    }
}
