package io.stackhouse.exporter.clickhouse;

/**
 * How many inserts may be under way at once: one more after each that went well while others wait, half as many after each that did not.
 * Confined to a lock.
 */
final class ParallelLimit {
    private final int max;
    private int now = 1;

    /** @param max 1 or more */
    ParallelLimit(int max) {
        this.max = max;
    }

    int now() {
        return now;
    }

    void adapt(boolean isGood, boolean doOthersWait) {
        if (!isGood) {
            now = Math.max(1, now / 2);
        } else if (doOthersWait) {
            now = Math.min(max, now + 1);
        }
    }
}
