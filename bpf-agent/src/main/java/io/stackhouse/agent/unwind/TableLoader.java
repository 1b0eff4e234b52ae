package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/*
 * A table is taken from the program in three steps: its region's place is set to "not loaded", all program runs that began before are
 * waited for, its words are freed. The wait is the kernel's (about 10 ms), so tables go by the eighth of the store.
 */
/** Brings the tables of regions into the kernel, and takes those away that were not used for the longest. One thread. */
final class TableLoader implements AutoCloseable {
    private static final int EVICTED_PART = 8;

    private final RegionMap regions;
    private final ChunkStore chunks;
    private final TableCounters counters;
    private final RegionBuilder builder = new RegionBuilder();
    private final List<Integer> loaded = new ArrayList<>();

    TableLoader(RegionMap regions, ChunkStore chunks, TableCounters counters) {
        this.regions = regions;
        this.chunks = chunks;
        this.counters = counters;
    }

    RegionMap regions() {
        return regions;
    }

    boolean isKnown(int region) {
        return regions.place(region) != RegionMap.NOT_LOADED;
    }

    /** Reads a region's table out of the file that the window is attached to. */
    void load(TextModule module, int region, ByteWindow file, long now) throws IOException {
        FrameTable table = module.table();
        if (table == null || isKnown(region)) {
            return;
        }
        int words;
        try {
            words = builder.build(table, file, module.fileOffset(region));
        } catch (ElfFormatException e) {
            words = 0;
        }
        if (words == 0) {
            counters.regionsRefused.incrementAndGet();
            regions.publish(region, RegionMap.NO_TABLE);
            return;
        }
        long place = chunks.put(builder.blob(), words);
        if (place == 0) {
            evict();
            place = chunks.put(builder.blob(), words);
        }
        if (place == 0) {
            counters.deferred.incrementAndGet();
            return;
        }
        regions.markUsed(region, now);
        regions.publish(region, place);
        loaded.add(region);
        counters.regionsLoaded.incrementAndGet();
        count();
    }

    /** Takes the tables of these modules away and gives their numbers back. */
    void drop(List<TextModule> modules) {
        List<Long> places = new ArrayList<>();
        for (TextModule module : modules) {
            for (int r = module.regionBase(); r < module.regionBase() + module.regionCount(); r++) {
                if (RegionMap.isTable(regions.place(r))) {
                    places.add(regions.place(r));
                }
                regions.publish(r, RegionMap.NOT_LOADED);
            }
            loaded.removeIf(module::has);
        }
        chunks.awaitPrograms();
        places.forEach(chunks::free);
        for (TextModule module : modules) {
            regions.give(module.regionBase(), module.regionCount());
        }
        count();
    }

    @Override
    public void close() {
        chunks.close();
        regions.close();
    }

    private void evict() {
        loaded.sort(Comparator.comparingLong(regions::used));
        long wanted = chunks.capacityBytes() / EVICTED_PART;
        long before = chunks.usedBytes();
        List<Long> places = new ArrayList<>();
        int victims =
                Math.max(1, (int) (loaded.size() * Math.min(1, (double) wanted / Math.max(1.0, (double) before))));
        for (int region : loaded.subList(0, Math.min(victims, loaded.size()))) {
            places.add(regions.place(region));
            regions.publish(region, RegionMap.NOT_LOADED);
        }
        loaded.subList(0, Math.min(victims, loaded.size())).clear();
        chunks.awaitPrograms();
        places.forEach(chunks::free);
        counters.regionsEvicted.addAndGet(places.size());
        count();
    }

    private void count() {
        counters.regions.set(loaded.size());
        counters.tableBytes.set(chunks.usedBytes());
        counters.chunkBytes.set(chunks.bytes());
    }
}
