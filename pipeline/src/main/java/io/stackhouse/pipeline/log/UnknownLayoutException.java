package io.stackhouse.pipeline.log;

import java.io.IOException;

/** A file of the journal is whole and of a layout that this version doesn't know. It must not be taken for damage. */
final class UnknownLayoutException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what to do.
     *
     * @param what such as {@code a record of layout 2 at offset 64}
     */
    UnknownLayoutException(String file, String what) {
        super("its file " + file + " has " + what + ", which this version doesn't know; start the version that wrote it"
                + " and let it deliver what is there, or move the file away");
    }
}
