package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.otlp.ProfileWarnings.Kind;
import io.stackhouse.pipeline.otlp.SampleTypes.Normalized;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts raw columns and dictionary together to a batch, without the profiles that must be rejected. One use, one thread. */
final class ProfileAssembly {
    private static final int MAX_REASONS = 5;

    private final ResourceProfilesDecoder raw;
    private final Dictionary dictionary;
    private final EnvelopeReader envelopes;
    private final ProfileCheck check;
    private final ProfileRemarks remarks;
    private final ProfileWarnings warnings;
    private final DecodeMemory memory;
    private final StringBuilder message = new StringBuilder();
    private int rejectedProfiles;

    ProfileAssembly(
            ResourceProfilesDecoder raw,
            Dictionary dictionary,
            EnvelopeReader envelopes,
            ProfileCheck check,
            DecodeMemory memory,
            ProfileWarnings warnings) {
        this.raw = raw;
        this.dictionary = dictionary;
        this.check = check;
        this.envelopes = envelopes;
        this.memory = memory;
        this.warnings = warnings;
        this.remarks = new ProfileRemarks(raw, dictionary, warnings);
    }

    int rejectedProfiles() {
        return rejectedProfiles;
    }

    /** Where the first rejected profiles stand, why they were rejected, what to do, and what else was left out; empty for nothing. */
    String message() {
        return message.toString();
    }

    ProfileBatch assemble(long receivedUnixNanos) {
        List<Resource> resources = new ArrayList<>(raw.resources.size());
        for (RawEnvelope resource : raw.resources) {
            resources.add(envelopes.resource(resource));
        }
        List<ProfileHeader> headers = headers();
        SampleColumns columns = raw.columns;
        if (rejectedProfiles > 0) {
            dropRejected();
        }
        columns.attributeStart.add(columns.attribute.size());
        columns.pack();
        memory.take(columns.bytesToSampleRows());
        columns.detach();
        SampleThresholds.read(dictionary, columns, headers);
        return new ProfileBatch(dictionary, resources, headers, columns, receivedUnixNanos);
    }

    private List<ProfileHeader> headers() {
        for (RawProfile profile : raw.profiles) {
            String problem = check.problem(profile);
            if (!problem.isEmpty()) {
                profile.isRejected = true;
                reject(profile, problem);
            } else if (SampleTypes.isTime(SampleTypes.spelledOut(type(profile)))) {
                profile.scope.hasTime = true;
            }
        }
        endMessage();
        List<ProfileHeader> headers = new ArrayList<>(raw.profiles.size() - rejectedProfiles);
        for (RawProfile profile : raw.profiles) {
            if (!profile.isRejected) {
                remarks.add(profile);
                headers.add(header(profile));
            }
        }
        return headers;
    }

    private void reject(RawProfile profile, String problem) {
        if (rejectedProfiles++ < MAX_REASONS) {
            message.append(message.length() == 0 ? "" : "; ");
            message.append(profile.place()).append(" is rejected: ").append(problem);
        }
    }

    private void endMessage() {
        if (rejectedProfiles > MAX_REASONS) {
            message.append("; and ").append(rejectedProfiles - MAX_REASONS).append(" profiles more");
        }
        if (raw.emptySamples() > 0) {
            warnings.add(Kind.EMPTY_SAMPLE, raw.emptySamples());
            message.append(message.length() == 0 ? "" : "; ").append(raw.emptySamples());
            message.append(" samples have neither values nor timestamps and are left out; give each one or the other");
        }
    }

    private ValueType type(RawProfile profile) {
        return new ValueType(dictionary.string(profile.typeName), dictionary.string(profile.typeUnit));
    }

    private ProfileHeader header(RawProfile profile) {
        memory.take(4 * 24
                + 4L * (profile.endAttribute - profile.firstAttribute)
                + (profile.idLength == 0 ? 0 : 32)
                + DecodeMemory.stringBytes(profile.formatLength)
                + profile.payloadLength);
        ValueType sent = type(profile);
        ValueType sentPeriod =
                new ValueType(dictionary.string(profile.periodTypeName), dictionary.string(profile.periodTypeUnit));
        Normalized normalized = SampleTypes.normalized(sent, sentPeriod, profile.period, profile.scope.hasTime);
        if (normalized.factor() > 1) {
            multiply(profile, normalized.factor());
        }
        return new ProfileHeader(
                profile.resource,
                envelopes.scope(profile.scope),
                normalized.type(),
                sent,
                normalized.periodType(),
                normalized.period(),
                profile.timeUnixNanos,
                profile.durationNanos,
                profileId(profile),
                profile.droppedAttributesCount,
                payload(profile),
                raw.profileAttributes.copyOfRange(profile.firstAttribute, profile.endAttribute));
    }

    private void multiply(RawProfile profile, long factor) {
        Longs values = raw.columns.rowValue;
        long cut = 0;
        for (int row = profile.firstRow; row < profile.endRow; row++) {
            long value = values.get(row);
            long product = SampleTypes.saturatedProduct(value, factor);
            cut += product == value * factor ? 0 : 1;
            values.set(row, product);
        }
        warnings.add(Kind.VALUE_OVERFLOW, cut);
    }

    /** None for one that is all zero: that is no id, and would join what doesn't belong together. */
    private byte[] profileId(RawProfile profile) {
        byte[] wire = dictionary.wire();
        for (int i = profile.idOffset; i < profile.idOffset + profile.idLength; i++) {
            if (wire[i] != 0) {
                return Arrays.copyOfRange(wire, profile.idOffset, profile.idOffset + profile.idLength);
            }
        }
        warnings.add(Kind.ZERO_PROFILE_ID, profile.idLength == 0 ? 0 : 1);
        return new byte[0];
    }

    private OriginalPayload payload(RawProfile profile) {
        if (profile.payloadLength == 0) {
            return OriginalPayload.NONE;
        }
        byte[] wire = dictionary.wire();
        String format = new String(wire, profile.formatOffset, profile.formatLength, StandardCharsets.UTF_8);
        int end = profile.payloadOffset + profile.payloadLength;
        return new OriginalPayload(format, Arrays.copyOfRange(wire, profile.payloadOffset, end));
    }

    /** Closes the gaps that rejected profiles leave in the columns; everything moves to the left, so that no copy is needed. */
    private void dropRejected() {
        SampleColumns columns = raw.columns;
        int profiles = 0;
        int samples = 0;
        int attributes = 0;
        int rows = 0;
        for (RawProfile profile : raw.profiles) {
            if (profile.isRejected) {
                continue;
            }
            for (int row = profile.firstRow; row < profile.endRow; row++) {
                columns.rowSample.set(rows, columns.rowSample.get(row) - profile.firstSample + samples);
                columns.rowValue.set(rows, columns.rowValue.get(row));
                columns.rowTimestamp.set(rows++, columns.rowTimestamp.get(row));
            }
            for (int sample = profile.firstSample; sample < profile.endSample; sample++) {
                int start = columns.attributeStart.get(sample);
                int end = raw.attributeEnd(sample);
                columns.attributeStart.set(samples, attributes);
                for (int k = start; k < end; k++) {
                    columns.attribute.set(attributes++, columns.attribute.get(k));
                }
                columns.profile.set(samples, profiles);
                columns.stack.set(samples, columns.stack.get(sample));
                columns.link.set(samples++, columns.link.get(sample));
            }
            profiles++;
        }
        truncate(columns, samples, attributes, rows);
    }

    private static void truncate(SampleColumns columns, int samples, int attributes, int rows) {
        columns.profile.truncate(samples);
        columns.stack.truncate(samples);
        columns.link.truncate(samples);
        columns.attributeStart.truncate(samples);
        columns.attribute.truncate(attributes);
        columns.rowSample.truncate(rows);
        columns.rowValue.truncate(rows);
        columns.rowTimestamp.truncate(rows);
    }
}
