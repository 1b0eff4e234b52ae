package io.stackhouse.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Gives what we make as root to the user whose folder it is in. */
public interface FileOwner {

    /** For a process that makes files as the user it already is. */
    FileOwner UNCHANGED = path -> {};

    void give(Path path) throws IOException;
}
