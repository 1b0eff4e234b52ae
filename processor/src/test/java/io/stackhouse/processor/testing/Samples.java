package io.stackhouse.processor.testing;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import java.util.ArrayList;
import java.util.List;

/** Builds profiles for tests, and shows what became of them. One thread. */
public final class Samples {
    private final ProfilesEncoder encoder = new ProfilesEncoder();

    /** Begins a resource with one attribute, its service's name, and a scope. */
    public Samples service(String name) {
        encoder.beginResource();
        encoder.resourceAttribute("service.name", name);
        encoder.beginScope("profiler", "1.2");
        return this;
    }

    /** Begins a profile. */
    public Samples profile(String type, String unit) {
        encoder.beginProfile(new ProfileHeading(type, unit, "", "", 0, 1_700_000_000_000_000_000L, 1, new byte[0]));
        return this;
    }

    /**
     * Adds a sample of value 1.
     *
     * @param stack frames, leaf first, as {@code module!function}
     * @param attributes {@code key=value}; a value of digits is a whole number
     */
    public Samples sample(String stack, String... attributes) {
        String[] frames = stack.isEmpty() ? new String[0] : stack.split(";");
        int[] locations = new int[frames.length];
        for (int i = 0; i < frames.length; i++) {
            locations[i] = location(frames[i]);
        }
        int[] rows = new int[attributes.length];
        for (int i = 0; i < rows.length; i++) {
            int equals = attributes[i].indexOf('=');
            String key = attributes[i].substring(0, equals);
            String value = attributes[i].substring(equals + 1);
            rows[i] = value.matches("[0-9]+")
                    ? encoder.attribute(key, Long.parseLong(value))
                    : encoder.attribute(key, value);
        }
        int index = frames.length == 0 ? 0 : encoder.stack(locations, locations.length);
        encoder.sample(index, rows, rows.length, 0, 1);
        return this;
    }

    private int location(String frame) {
        int bang = frame.indexOf('!');
        String module = bang < 0 ? "" : frame.substring(0, bang);
        int function = encoder.function(encoder.string(frame.substring(bang + 1)), 0, 0, 0);
        int mapping = module.isEmpty() ? 0 : encoder.mapping(1, 2, 0, encoder.string(module));
        return encoder.location(mapping, 0x10, function, 7);
    }

    /** The batch, decoded. */
    public ProfileBatch batch() {
        return decode(encoder.toByteArray());
    }

    public static ProfileBatch decode(byte[] body) {
        return ProfilesDecoder.forVersion(1)
                .decode(body, 0, MemoryLease.counting())
                .batch();
    }

    /** The attributes of a sample. */
    public static Attributes attributes(ProfileBatch batch, int sample) {
        Attributes out = new Attributes();
        for (int i = batch.sampleAttributeStart(sample); i < batch.sampleAttributeEnd(sample); i++) {
            put(out, batch.dictionary(), batch.sampleAttribute(i));
        }
        return out;
    }

    /** The attributes of a profile. */
    public static Attributes profileAttributes(ProfileBatch batch, int profile) {
        Attributes out = new Attributes();
        for (int row : batch.profile(profile).attributes()) {
            put(out, batch.dictionary(), row);
        }
        return out;
    }

    private static void put(Attributes out, Dictionary dictionary, int row) {
        out.put(dictionary.attributeKey(row), dictionary.attributeValue(row));
    }

    /** One line per sample: type, stack leaf first, attributes. */
    public static List<String> lines(ProfileBatch batch) {
        List<String> out = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            int sample = batch.rowSample(row);
            out.add(batch.profile(batch.sampleProfile(sample)).type().type() + " "
                    + stack(batch.dictionary(), batch.sampleStack(sample)) + " " + attributes(batch, sample));
        }
        return out;
    }

    private static String stack(Dictionary dictionary, int stack) {
        StringBuilder out = new StringBuilder();
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            int location = dictionary.stackLocation(i);
            out.append(out.length() == 0 ? "" : ";");
            for (int line = dictionary.lineStart(location); line < dictionary.lineEnd(location); line++) {
                out.append(dictionary.string(dictionary.functionName(dictionary.lineFunction(line))));
            }
        }
        return out.toString();
    }

    /** A value as YAML would give it: text stays text. */
    public static AttributeValue text(String value) {
        return AttributeValue.of(value);
    }
}
