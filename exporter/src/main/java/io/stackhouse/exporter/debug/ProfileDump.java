package io.stackhouse.exporter.debug;

import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import java.util.HexFormat;

/** Profiles as text. One use, one thread. */
final class ProfileDump {
    private final ProfileBatch batch;
    private final Dictionary dictionary;
    private final Text out;
    private final int maxRows;

    ProfileDump(ProfileBatch batch, Text out, int maxRows) {
        this.batch = batch;
        this.dictionary = batch.dictionary();
        this.out = out;
        this.maxRows = maxRows;
    }

    void summary() {
        out.line(0).add("Profiles: ").add(batch.resourceCount()).add(" resources, ");
        out.add(batch.profileCount()).add(" profiles, ").add(batch.rowCount()).add(" rows");
    }

    /** A line for each profile, with the sum of its rows. */
    void profiles() {
        long[] rows = new long[batch.profileCount()];
        long[] sums = new long[batch.profileCount()];
        for (int row = 0; row < batch.rowCount(); row++) {
            int profile = batch.sampleProfile(batch.rowSample(row));
            rows[profile]++;
            sums[profile] += batch.rowValue(row);
        }
        for (int i = 0; i < Math.min(batch.profileCount(), maxRows); i++) {
            ProfileHeader header = batch.profile(i);
            Resource resource = batch.resource(header.resource());
            out.line(1).foreign(resource.attributes().text("service.name", "-")).add(" ");
            type(header.type());
            out.add(" from ").time(header.timeUnixNanos()).add(", ").add(header.durationNanos() / 1_000_000);
            out.add(" ms: ").add(rows[i]).add(" rows, sum ").add(sums[i]);
        }
        leftOut(batch.profileCount(), "profiles");
    }

    void details() {
        int lastResource = -1;
        for (int i = 0; i < batch.profileCount(); i++) {
            ProfileHeader header = batch.profile(i);
            if (header.resource() != lastResource) {
                lastResource = header.resource();
                Resource resource = batch.resource(lastResource);
                out.line(0).add("Resource ").add(lastResource).add(" ").foreign(resource.schemaUrl());
                out.attributes(1, resource.attributes());
            }
            profile(i, header);
        }
        for (int row = 0; row < Math.min(batch.rowCount(), maxRows); row++) {
            row(row);
        }
        leftOut(batch.rowCount(), "rows");
    }

    private void profile(int index, ProfileHeader header) {
        out.line(1).add("Profile ").add(index).add(": ");
        type(header.type());
        if (!header.originalType().equals(header.type())) {
            out.add(" (sent as ");
            type(header.originalType());
            out.add(")");
        }
        out.add(" by ")
                .foreign(header.scope().name())
                .add(" ")
                .foreign(header.scope().version());
        out.attributes(2, header.scope().attributes());
        out.line(2).add("period ").add(header.period()).add(" ");
        type(header.periodType());
        out.line(2)
                .add("from ")
                .time(header.timeUnixNanos())
                .add(" for ")
                .add(header.durationNanos())
                .add(" ns");
        if (header.profileId().length > 0) {
            out.line(2).add("id ").add(HexFormat.of().formatHex(header.profileId()));
        }
        if (!header.payload().format().isEmpty()) {
            out.line(2).add("payload ").foreign(header.payload().format()).add(", ");
            out.add(header.payload().bytes().length).add(" bytes");
        }
        for (int attribute : header.attributes()) {
            attribute(2, attribute);
        }
    }

    private void row(int row) {
        int sample = batch.rowSample(row);
        ValueType type = batch.profile(batch.sampleProfile(sample)).type();
        out.line(0).add("Row ").add(row).add(" of profile ").add(batch.sampleProfile(sample));
        out.add(": ").add(batch.rowValue(row)).add(" ").foreign(type.unit());
        if (batch.rowThreshold(row) != 0) {
            out.add(", sampled with threshold ").add(batch.rowThreshold(row));
        }
        if (batch.rowTimestampUnixNanos(row) != 0) {
            out.add(" at ").time(batch.rowTimestampUnixNanos(row));
        }
        int link = batch.sampleLink(sample);
        if (dictionary.linkTraceHigh(link) != 0 || dictionary.linkTraceLow(link) != 0) {
            out.add(" in trace ").add(HexFormat.of().toHexDigits(dictionary.linkTraceHigh(link)));
            out.add(HexFormat.of().toHexDigits(dictionary.linkTraceLow(link)));
            out.add(" span ").add(HexFormat.of().toHexDigits(dictionary.linkSpan(link)));
        }
        for (int k = batch.sampleAttributeStart(sample); k < batch.sampleAttributeEnd(sample); k++) {
            attribute(1, batch.sampleAttribute(k));
        }
        stack(batch.sampleStack(sample));
    }

    /** Leaf first, a line for each function. */
    private void stack(int stack) {
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            int location = dictionary.stackLocation(i);
            if (dictionary.lineStart(location) == dictionary.lineEnd(location)) {
                out.line(2);
                place(location);
            }
            for (int line = dictionary.lineStart(location); line < dictionary.lineEnd(location); line++) {
                out.line(2);
                frame(location, line);
            }
        }
    }

    private void frame(int location, int line) {
        int function = dictionary.lineFunction(line);
        String name = dictionary.string(dictionary.functionName(function));
        name = name.isEmpty() ? dictionary.string(dictionary.functionSystemName(function)) : name;
        if (name.isEmpty()) {
            place(location);
        } else {
            out.foreign(name);
        }
        String file = dictionary.string(dictionary.functionFile(function));
        if (!file.isEmpty()) {
            out.add(" (")
                    .foreign(file)
                    .add(":")
                    .add(dictionary.lineNumber(line))
                    .add(")");
        }
    }

    private void place(int location) {
        String file = dictionary.string(dictionary.mappingFile(dictionary.locationMapping(location)));
        out.foreign(file.substring(file.lastIndexOf('/') + 1)).add("+0x");
        out.add(Long.toHexString(dictionary.locationAddress(location)));
    }

    private void attribute(int level, int attribute) {
        out.line(level).foreign(dictionary.attributeKey(attribute)).add(": ");
        out.foreign(dictionary.attributeValue(attribute).text());
        String unit = dictionary.attributeUnit(attribute);
        if (!unit.isEmpty()) {
            out.add(" ").foreign(unit);
        }
    }

    private void type(ValueType type) {
        out.foreign(type.type()).add("/").foreign(type.unit());
    }

    private void leftOut(int count, String what) {
        if (count > maxRows) {
            out.line(0).add("and ").add(count - maxRows).add(" ").add(what).add(" more (max_items)");
        }
    }
}
