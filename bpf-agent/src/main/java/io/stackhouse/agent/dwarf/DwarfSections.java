package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Cursors over the sections of one file, each with a window of its own. Threads: one. The file stays the caller's. */
final class DwarfSections {
    private static final int WINDOW_BYTES = 16 * 1024;

    private final DebugSections sections;
    private final Map<String, ByteWindow> windows = new HashMap<>();

    DwarfSections(DebugSections sections) {
        this.sections = sections;
    }

    boolean has(String name) {
        return sections.has(name);
    }

    /** A cursor of its own; an exception if the file has no such section. */
    DwarfCursor open(String name) throws IOException {
        return open(name, name);
    }

    /** One that jumps about, and so does not disturb the window of the one that goes on. */
    DwarfCursor openSecond(String name) throws IOException {
        return open(name, name + "#2");
    }

    private DwarfCursor open(String name, String windowName) throws IOException {
        DebugSections.Place place = sections.place(name);
        if (place == null) {
            throw new ElfFormatException("there is no section " + name);
        }
        ByteWindow window = windows.get(windowName);
        if (window == null) {
            window = new ByteWindow(WINDOW_BYTES).attach(place.source());
            windows.put(windowName, window);
        }
        return new DwarfCursor(window, place.offset(), place.sizeBytes());
    }
}
