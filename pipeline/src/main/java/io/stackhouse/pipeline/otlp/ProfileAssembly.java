package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.memory.DecodeMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts raw columns and dictionary together to a batch, without the profiles that must be rejected. One use, one thread. */
final class ProfileAssembly {
    private static final int MAX_REASONS = 5;

    private final ResourceProfilesDecoder raw;
    private final Dictionary dictionary;
    private final DictionaryCheck check;
    private final EnvelopeReader envelopes;
    private final DecodeMemory memory;
    private final StringBuilder message = new StringBuilder();
    private int rejectedProfiles;

    ProfileAssembly(
            ResourceProfilesDecoder raw,
            Dictionary dictionary,
            DictionaryCheck check,
            EnvelopeReader envelopes,
            DecodeMemory memory) {
        this.raw = raw;
        this.dictionary = dictionary;
        this.check = check;
        this.envelopes = envelopes;
        this.memory = memory;
    }

    int rejectedProfiles() {
        return rejectedProfiles;
    }

    /** Where the first rejected profiles stand, why they were rejected, and what to do; empty when none was. */
    String message() {
        if (rejectedProfiles > MAX_REASONS) {
            return message + "; and " + (rejectedProfiles - MAX_REASONS) + " profiles more";
        }
        return message.toString();
    }

    ProfileBatch assemble(long receivedUnixNanos) {
        List<Resource> resources = new ArrayList<>(raw.resources.size());
        for (RawEnvelope resource : raw.resources) {
            resources.add(envelopes.resource(resource));
        }
        List<ProfileHeader> headers = new ArrayList<>(raw.profiles.size());
        for (int i = 0; i < raw.profiles.size(); i++) {
            RawProfile profile = raw.profiles.get(i);
            String problem = problem(profile);
            if (problem.isEmpty()) {
                headers.add(header(profile));
            } else {
                profile.isRejected = true;
                reject(i, profile, problem);
            }
        }
        SampleColumns columns = raw.columns;
        if (rejectedProfiles > 0) {
            dropRejected();
        }
        columns.attributeStart.add(columns.attribute.size());
        // What sampling the rows will need.
        memory.take(DecodeMemory.arrayBytes(columns.rowSample.size(), Long.BYTES));
        return new ProfileBatch(dictionary, resources, headers, columns, receivedUnixNanos);
    }

    private void reject(int index, RawProfile profile, String problem) {
        if (rejectedProfiles++ < MAX_REASONS) {
            message.append(message.length() == 0 ? "" : "; ").append("profile ").append(index);
            message.append(" of the request (")
                    .append(profile.place())
                    .append("): ")
                    .append(problem);
        }
    }

    /** Why the profile must be rejected; empty when it is fine. */
    private String problem(RawProfile profile) {
        if (profile.hasUnpairedSample()) {
            return "a sample has " + profile.unpairedValues + " values and " + profile.unpairedTimestamps
                    + " timestamps; give one value per timestamp, or leave one of them out";
        }
        envelopes.scope(profile.scope);
        RawEnvelope resource = raw.resources.get(profile.resource);
        if (resource.hasBadString || profile.scope.hasBadString) {
            return "an attribute of its " + (resource.hasBadString ? "resource" : "scope") + " has string index "
                    + (resource.hasBadString ? resource.badString : profile.scope.badString)
                    + ", which is outside the string table of " + dictionary.stringCount();
        }
        if (profile.idLength != 0 && profile.idLength != 16) {
            return "its profile_id has " + profile.idLength + " bytes; give 16 bytes, or none";
        }
        if ((profile.formatLength == 0) != (profile.payloadLength == 0)) {
            return "original_payload and original_payload_format go together; give both, or none";
        }
        String outside = headerIndexProblem(profile);
        return outside.isEmpty() ? sampleIndexProblem(profile) : outside;
    }

    private String headerIndexProblem(RawProfile profile) {
        if (check.isBadString(profile.typeName)
                || check.isBadString(profile.typeUnit)
                || check.isBadString(profile.periodTypeName)
                || check.isBadString(profile.periodTypeUnit)) {
            return "its sample_type or period_type points outside the string table of " + dictionary.stringCount();
        }
        for (int i = profile.firstAttribute; i < profile.endAttribute; i++) {
            if (check.isBadAttribute(raw.profileAttributes.get(i))) {
                return outside("attribute", raw.profileAttributes.get(i), dictionary.attributeCount());
            }
        }
        return "";
    }

    private String sampleIndexProblem(RawProfile profile) {
        SampleColumns columns = raw.columns;
        for (int sample = profile.firstSample; sample < profile.endSample; sample++) {
            if (check.isBadStack(columns.stack.get(sample))) {
                return outside("stack", columns.stack.get(sample), dictionary.stackCount());
            }
            if (check.isBadLink(columns.link.get(sample))) {
                return linkProblem(columns.link.get(sample));
            }
            for (int k = columns.attributeStart.get(sample); k < attributeEnd(sample); k++) {
                if (check.isBadAttribute(columns.attribute.get(k))) {
                    return outside("attribute", columns.attribute.get(k), dictionary.attributeCount());
                }
            }
        }
        return "";
    }

    private String linkProblem(int link) {
        return check.hasBadId(link)
                ? "link " + link + " has an id of a wrong length; give 16 bytes of trace_id and 8 of span_id, or none"
                : outside("link", link, dictionary.linkCount());
    }

    /** An index is outside its table, or its row leads outside of another. */
    private static String outside(String table, int index, int count) {
        return table + " index " + index + " leads outside the dictionary, whose " + table + " table has " + count
                + " rows; send the dictionary that the profile was made with";
    }

    private int attributeEnd(int sample) {
        SampleColumns columns = raw.columns;
        return sample + 1 < columns.attributeStart.size()
                ? columns.attributeStart.get(sample + 1)
                : columns.attribute.size();
    }

    private ProfileHeader header(RawProfile profile) {
        byte[] wire = dictionary.wire();
        memory.take(3 * 24
                + 4L * (profile.endAttribute - profile.firstAttribute)
                + (profile.idLength == 0 ? 0 : 32)
                + DecodeMemory.stringBytes(profile.formatLength)
                + profile.payloadLength);
        return new ProfileHeader(
                profile.resource,
                envelopes.scope(profile.scope),
                new ValueType(dictionary.string(profile.typeName), dictionary.string(profile.typeUnit)),
                new ValueType(dictionary.string(profile.periodTypeName), dictionary.string(profile.periodTypeUnit)),
                profile.period,
                profile.timeUnixNanos,
                profile.durationNanos,
                Arrays.copyOfRange(wire, profile.idOffset, profile.idOffset + profile.idLength),
                profile.droppedAttributesCount,
                payload(profile),
                Arrays.copyOfRange(raw.profileAttributes.array(), profile.firstAttribute, profile.endAttribute));
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
                int end = attributeEnd(sample);
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
