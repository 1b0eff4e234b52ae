package io.stackhouse.agent.elf;

import java.io.IOException;

/** Called now and then while tables are read, about each 10,000 entries: the place to wait, or to give up by an exception. */
@FunctionalInterface
public interface Pace {
    int ENTRIES = 8192;

    void step() throws IOException;
}
