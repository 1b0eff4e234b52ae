package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Decodes the files it is given, one after the other, and asks for every string and value of each; a process of its own. */
final class DecodeInSmallHeap {
    private DecodeInSmallHeap() {}

    public static void main(String[] files) throws IOException {
        for (String file : files) {
            byte[] body = Files.readAllBytes(Path.of(file));
            try {
                ProfileBatch batch = ProfilesDecoder.forVersion(1)
                        .decode(body, 0, MemoryLease.counting())
                        .batch();
                touch(batch);
                System.out.println("accepted " + batch.rowCount());
            } catch (RejectedException e) {
                System.out.println("rejected " + e.getMessage());
            }
        }
    }

    /** Makes everything that is read only when it is asked for, and the thresholds. */
    static void touch(ProfileBatch batch) {
        Dictionary dictionary = batch.dictionary();
        for (int i = 0; i < dictionary.stringCount(); i++) {
            dictionary.string(i);
        }
        for (int i = 0; i < dictionary.attributeCount(); i++) {
            dictionary.attributeValue(i);
        }
        batch.sampleRows((sampled, row) -> 1);
    }
}
