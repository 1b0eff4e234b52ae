package io.stackhouse.cli.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests from files, each an encoded ExportProfilesServiceRequest (or ProfilesData, which is the same on the wire). Stateless; any thread. */
public final class ReplayFiles {

    private static final long MAX_BYTES = 64L << 20;

    private ReplayFiles() {}

    /**
     * Reads them, in this order.
     *
     * @throws IllegalArgumentException when one is too large, or no profiles request with a sample
     */
    public static Requests read(List<Path> files) throws IOException {
        List<RequestTemplate> templates = new ArrayList<>();
        AtomicInteger profiles = new AtomicInteger();
        for (Path file : files) {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(file + " is larger than 64 MiB");
            }
            try {
                RequestTemplate template =
                        RequestReader.read(ProfileIdWriter.withIds(Files.readAllBytes(file), profiles));
                if (template.content().samples() == 0) {
                    throw new IllegalArgumentException("it has no samples");
                }
                templates.add(template);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + " can't be sent: " + e.getMessage(), e);
            }
        }
        return new Requests(templates, 1);
    }
}
