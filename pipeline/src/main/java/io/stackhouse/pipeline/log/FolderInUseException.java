package io.stackhouse.pipeline.log;

import java.io.IOException;

/** A folder belongs to another component of this process; it will be free once that one is closed. */
public final class FolderInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    FolderInUseException(String message) {
        super(message);
    }
}
