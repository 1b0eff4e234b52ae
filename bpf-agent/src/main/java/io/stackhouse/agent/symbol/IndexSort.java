package io.stackhouse.agent.symbol;

/** Sorts row numbers by an unsigned key per row; rows of equal keys stay in their order. */
final class IndexSort {
    private final long[] keys;
    private int[] from;
    private int[] to;

    private IndexSort(long[] keys, int count) {
        this.keys = keys;
        from = new int[count];
        to = new int[count];
        for (int i = 0; i < count; i++) {
            from[i] = i;
        }
    }

    /** The rows 0 to count - 1 in the order of their keys. */
    static int[] byUnsigned(long[] keys, int count) {
        IndexSort sort = new IndexSort(keys, count);
        if (!sort.isSorted()) {
            sort.mergeRuns();
        }
        return sort.from;
    }

    private boolean isSorted() {
        for (int i = 1; i < from.length; i++) {
            if (Long.compareUnsigned(keys[i - 1], keys[i]) > 0) {
                return false;
            }
        }
        return true;
    }

    private void mergeRuns() {
        int count = from.length;
        for (long width = 1; width < count; width *= 2) {
            for (long low = 0; low < count; low += 2 * width) {
                merge((int) low, (int) Math.min(low + width, count), (int) Math.min(low + 2 * width, count));
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
    }

    private void merge(int low, int middle, int high) {
        int left = low;
        int right = middle;
        for (int i = low; i < high; i++) {
            boolean takeLeft =
                    right >= high || (left < middle && Long.compareUnsigned(keys[from[left]], keys[from[right]]) <= 0);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }
}
