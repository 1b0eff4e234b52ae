package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;

/** Finds why a profile can't be accepted, once its message has been read as a whole. One per message, one thread. */
final class ProfileCheck {
    private final ResourceProfilesDecoder raw;
    private final Dictionary dictionary;
    private final DictionaryCheck check;
    private final EnvelopeReader envelopes;
    private final boolean hasDictionary;

    ProfileCheck(
            ResourceProfilesDecoder raw,
            Dictionary dictionary,
            DictionaryCheck check,
            EnvelopeReader envelopes,
            boolean hasDictionary) {
        this.raw = raw;
        this.dictionary = dictionary;
        this.check = check;
        this.envelopes = envelopes;
        this.hasDictionary = hasDictionary;
    }

    /** Why the profile must be rejected; empty when it is fine. */
    String problem(RawProfile profile) {
        if (profile.hasUnpairedSample()) {
            return "a sample has " + profile.unpairedValues + " values and " + profile.unpairedTimestamps
                    + " timestamps; give one value per timestamp, or leave one of them out";
        }
        envelopes.scope(profile.scope);
        RawEnvelope resource = raw.resources.get(profile.resource);
        if (resource.hasBadString || profile.scope.hasBadString) {
            refuseWithoutDictionary();
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
            refuseWithoutDictionary();
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
        if (areSamplesSurelyGood(profile)) {
            return "";
        }
        for (int sample = profile.firstSample; sample < profile.endSample; sample++) {
            if (check.isBadStack(columns.stack.get(sample))) {
                return outside("stack", columns.stack.get(sample), dictionary.stackCount());
            }
            if (check.isBadLink(columns.link.get(sample))) {
                return linkProblem(columns.link.get(sample));
            }
            for (int k = columns.attributeStart.get(sample); k < raw.attributeEnd(sample); k++) {
                if (check.isBadAttribute(columns.attribute.get(k))) {
                    return outside("attribute", columns.attribute.get(k), dictionary.attributeCount());
                }
            }
        }
        return "";
    }

    private boolean areSamplesSurelyGood(RawProfile profile) {
        int from = profile.firstSample;
        int to = profile.endSample;
        return from == to
                || check.areSurelyGood(
                        raw.columns, from, to, raw.columns.attributeStart.get(from), raw.attributeEnd(to - 1));
    }

    private String linkProblem(int link) {
        return check.hasBadId(link)
                ? "link " + link + " has an id of a wrong length; give 16 bytes of trace_id and 8 of span_id, or none"
                : outside("link", link, dictionary.linkCount());
    }

    /** An index is outside its table, or its row leads outside of another. */
    private String outside(String table, int index, int count) {
        refuseWithoutDictionary();
        return table + " index " + index + " leads outside the dictionary, whose " + table + " table has " + count
                + " rows; send the dictionary that the profile was made with";
    }

    private void refuseWithoutDictionary() {
        if (!hasDictionary) {
            throw new RejectedException(
                    "the request has no dictionary, but its profiles refer to one; send both in the same message");
        }
    }
}
