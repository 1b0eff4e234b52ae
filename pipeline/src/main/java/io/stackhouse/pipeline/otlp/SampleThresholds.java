package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.batch.ProfileHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the sampling threshold τ that samples survived in an earlier collector, so that stages of several collectors compose. It is
 * the sample's integer attribute {@value #KEY}, in the unit of the values as they were sent. Stateless.
 */
final class SampleThresholds {
    static final String KEY = "stackhouse.sampling.threshold";
    private static final byte[] KEY_BYTES = KEY.getBytes(StandardCharsets.UTF_8);

    private SampleThresholds() {}

    /** Fills the column of thresholds when a sample has one; it stays empty otherwise. Its memory has been taken. */
    static void read(Dictionary dictionary, SampleColumns columns, List<ProfileHeader> headers) {
        int key = keyIndex(dictionary);
        if (key < 0 || !isUsed(dictionary, columns, key)) {
            return;
        }
        int rows = columns.rowSample.size();
        columns.rowThreshold.reserve(rows);
        int lastSample = -1;
        long threshold = 0;
        for (int row = 0; row < rows; row++) {
            int sample = columns.rowSample.get(row);
            if (sample != lastSample) {
                lastSample = sample;
                ProfileHeader header = headers.get(columns.profile.get(sample));
                long factor = SampleTypes.isCountedTime(header) ? header.period() : 1;
                threshold = SampleTypes.saturatedProduct(ofSample(dictionary, columns, sample, key), factor);
            }
            columns.rowThreshold.add(threshold);
        }
    }

    /** The string that is the key of attributes, or below 0. */
    private static int keyIndex(Dictionary dictionary) {
        byte[] wire = dictionary.wire();
        for (int i = 0; i < dictionary.attributeCount(); i++) {
            int key = dictionary.attributeKeyString(i);
            if (key < 0 || key >= dictionary.stringCount()) {
                continue;
            }
            int offset = dictionary.stringOffset(key);
            if (dictionary.stringLength(key) == KEY_BYTES.length
                    && Arrays.equals(wire, offset, offset + KEY_BYTES.length, KEY_BYTES, 0, KEY_BYTES.length)) {
                return key;
            }
        }
        return -1;
    }

    private static boolean isUsed(Dictionary dictionary, SampleColumns columns, int key) {
        for (int k = 0; k < columns.attribute.size(); k++) {
            if (dictionary.attributeKeyString(columns.attribute.get(k)) == key) {
                return true;
            }
        }
        return false;
    }

    private static long ofSample(Dictionary dictionary, SampleColumns columns, int sample, int key) {
        for (int k = columns.attributeStart.get(sample); k < columns.attributeStart.get(sample + 1); k++) {
            int attribute = columns.attribute.get(k);
            if (dictionary.attributeKeyString(attribute) == key
                    && dictionary.attributeValue(attribute) instanceof AttributeValue.LongValue number) {
                return Math.max(0, number.value());
            }
        }
        return 0;
    }
}
