package io.stackhouse.agent.unwind;

import org.jspecify.annotations.Nullable;

/** A file (or the vdso) whose code processes run, with the numbers of its regions. One thread. */
final class TextModule {
    /** Regions of text (of 1 MiB) up to which a module's tables are read as soon as a process maps it. */
    private static final int MAX_SMALL_REGIONS = 12;

    private final @Nullable FrameTable table;
    private final int firstFileRegion;
    private final int regionBase;
    private final int regionCount;
    /** How many processes in the kernel's map refer to it. */
    int users;

    boolean isLoaded;

    /**
     * A module.
     *
     * @param table null if it has none
     * @param regionBase number of its first region
     * @param regionCount 0 without a table
     */
    TextModule(@Nullable FrameTable table, int regionBase, int regionCount) {
        this.table = table;
        this.regionBase = regionBase;
        this.regionCount = regionCount;
        firstFileRegion = table == null ? 0 : firstRegion(table);
    }

    static int firstRegion(FrameTable table) {
        return (int) (table.firstPage() / RegionBuilder.PAGES);
    }

    static int regions(FrameTable table) {
        long first = table.firstPage();
        long end = table.endPage();
        if (first < 0 || end <= first) {
            return 0;
        }
        return (int) Math.min(
                RegionMap.MAX_REGIONS, (end + RegionBuilder.PAGES - 1) / RegionBuilder.PAGES - firstRegion(table));
    }

    @Nullable
    FrameTable table() {
        return table;
    }

    boolean hasTables() {
        return regionCount > 0;
    }

    boolean isSmall() {
        return regionCount <= MAX_SMALL_REGIONS;
    }

    int regionBase() {
        return regionBase;
    }

    int regionCount() {
        return regionCount;
    }

    /** Where the region begins in the file. */
    long fileOffset(int region) {
        return (long) (region - regionBase + firstFileRegion) * RegionBuilder.REGION_BYTES;
    }

    /** The page (of 4 KiB) of a place in the file, counted from the begin of the first region; negative if it lies before. */
    long pageOf(long fileOffset) {
        return (fileOffset >>> RegionBuilder.PAGE_SHIFT) - (long) firstFileRegion * RegionBuilder.PAGES;
    }

    boolean has(int region) {
        return region >= regionBase && region < regionBase + regionCount;
    }
}
