package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.otlp.ResourceProfilesDecoder.RawAttributes;
import io.stackhouse.pipeline.otlp.ResourceProfilesDecoder.RawProfile;
import io.stackhouse.pipeline.otlp.ResourceProfilesDecoder.RawResource;
import io.stackhouse.pipeline.otlp.ResourceProfilesDecoder.RawScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/** Puts raw columns and dictionary together to a batch, without the profiles that must be rejected. One use, one thread. */
final class ProfileAssembly {
    private final ResourceProfilesDecoder raw;
    private final Dictionary dictionary;
    private final DictionaryCheck check;
    private final List<Resource> resources = new ArrayList<>();
    private final IdentityHashMap<RawScope, Scope> scopes = new IdentityHashMap<>();
    private final String[] resourceProblems;
    private int rejectedProfiles;
    private String message = "";

    ProfileAssembly(ResourceProfilesDecoder raw, Dictionary dictionary, DictionaryCheck check) {
        this.raw = raw;
        this.dictionary = dictionary;
        this.check = check;
        this.resourceProblems = new String[raw.resources.size()];
        Arrays.fill(resourceProblems, "");
    }

    int rejectedProfiles() {
        return rejectedProfiles;
    }

    String message() {
        return message;
    }

    ProfileBatch assemble(long receivedUnixNanos) {
        for (int i = 0; i < resourceProblems.length; i++) {
            resources.add(resource(i));
        }
        List<ProfileHeader> headers = new ArrayList<>(raw.profiles.size());
        boolean[] kept = new boolean[raw.profiles.size()];
        for (int i = 0; i < kept.length; i++) {
            RawProfile profile = raw.profiles.get(i);
            String problem = problem(profile);
            kept[i] = problem.isEmpty();
            if (kept[i]) {
                headers.add(header(profile));
            } else {
                rejectedProfiles++;
                message = message.isEmpty() ? "profile " + i + " of the request: " + problem : message;
            }
        }
        SampleColumns columns = rejectedProfiles == 0 ? raw.columns : keptColumns(kept);
        columns.attributeStart.add(columns.attribute.size());
        return new ProfileBatch(dictionary, resources, headers, columns, receivedUnixNanos);
    }

    private Resource resource(int index) {
        RawResource resource = raw.resources.get(index);
        try {
            return new Resource(attributes(resource.attributes), resource.schemaUrl);
        } catch (RejectedException e) {
            resourceProblems[index] = "its resource: " + e.getMessage();
            return new Resource(new Attributes(), resource.schemaUrl);
        }
    }

    private Attributes attributes(RawAttributes from) {
        Attributes attributes = new Attributes();
        for (int i = 0; i < from.offset.size(); i++) {
            AnyValues.readKeyValue(dictionary, from.offset.get(i), from.length.get(i), attributes);
        }
        return attributes;
    }

    /** Why the profile must be rejected; empty when it is fine. */
    private String problem(RawProfile profile) {
        if (profile.problem != null) {
            return profile.problem;
        }
        if (!resourceProblems[profile.resource].isEmpty()) {
            return resourceProblems[profile.resource];
        }
        int idLength = profile.profileId.length;
        if (idLength != 0 && idLength != 16) {
            return "its profile_id has " + idLength + " bytes; allowed are 0 and 16";
        }
        if (profile.payloadFormat.isEmpty() != (profile.payload.length == 0)) {
            return "original_payload and original_payload_format go together";
        }
        String outside = headerIndexProblem(profile);
        return outside.isEmpty() ? sampleIndexProblem(profile) : outside;
    }

    private String headerIndexProblem(RawProfile profile) {
        if (check.isBadString(profile.typeName)
                || check.isBadString(profile.typeUnit)
                || check.isBadString(profile.periodTypeName)
                || check.isBadString(profile.periodTypeUnit)) {
            return "its sample_type or period_type points outside the string table";
        }
        for (int i = 0; i < profile.attributes.size(); i++) {
            if (check.isBadAttribute(profile.attributes.get(i))) {
                return "attribute index " + profile.attributes.get(i) + " leads outside the dictionary";
            }
        }
        try {
            scope(profile.scope);
        } catch (RejectedException e) {
            return "its scope: " + e.getMessage();
        }
        return "";
    }

    private String sampleIndexProblem(RawProfile profile) {
        SampleColumns columns = raw.columns;
        for (int sample = profile.firstSample; sample < profile.endSample; sample++) {
            if (check.isBadStack(columns.stack.get(sample))) {
                return "stack index " + columns.stack.get(sample) + " leads outside the dictionary";
            }
            if (check.isBadLink(columns.link.get(sample))) {
                return "link index " + columns.link.get(sample) + " is outside the link table";
            }
            for (int k = columns.attributeStart.get(sample); k < attributeEnd(sample); k++) {
                if (check.isBadAttribute(columns.attribute.get(k))) {
                    return "attribute index " + columns.attribute.get(k) + " leads outside the dictionary";
                }
            }
        }
        return "";
    }

    private int attributeEnd(int sample) {
        SampleColumns columns = raw.columns;
        return sample + 1 < columns.attributeStart.size()
                ? columns.attributeStart.get(sample + 1)
                : columns.attribute.size();
    }

    private ProfileHeader header(RawProfile profile) {
        return new ProfileHeader(
                profile.resource,
                scope(profile.scope),
                new ValueType(dictionary.string(profile.typeName), dictionary.string(profile.typeUnit)),
                new ValueType(dictionary.string(profile.periodTypeName), dictionary.string(profile.periodTypeUnit)),
                profile.period,
                profile.timeUnixNanos,
                profile.durationNanos,
                profile.profileId,
                profile.droppedAttributesCount,
                profile.payload.length == 0
                        ? OriginalPayload.NONE
                        : new OriginalPayload(profile.payloadFormat, profile.payload),
                Arrays.copyOf(profile.attributes.array(), profile.attributes.size()));
    }

    private Scope scope(RawScope scope) {
        Scope known = scopes.get(scope);
        if (known == null) {
            known = new Scope(scope.name, scope.version, attributes(scope.attributes), scope.schemaUrl);
            scopes.put(scope, known);
        }
        return known;
    }

    private SampleColumns keptColumns(boolean[] kept) {
        SampleColumns from = raw.columns;
        SampleColumns to = new SampleColumns();
        int profileIndex = 0;
        for (int i = 0; i < kept.length; i++) {
            if (!kept[i]) {
                continue;
            }
            RawProfile profile = raw.profiles.get(i);
            int shift = to.stack.size() - profile.firstSample;
            for (int sample = profile.firstSample; sample < profile.endSample; sample++) {
                to.profile.add(profileIndex);
                to.stack.add(from.stack.get(sample));
                to.link.add(from.link.get(sample));
                to.attributeStart.add(to.attribute.size());
                for (int k = from.attributeStart.get(sample); k < attributeEnd(sample); k++) {
                    to.attribute.add(from.attribute.get(k));
                }
            }
            for (int row = profile.firstRow; row < profile.endRow; row++) {
                to.rowSample.add(from.rowSample.get(row) + shift);
                to.rowValue.add(from.rowValue.get(row));
                to.rowTimestamp.add(from.rowTimestamp.get(row));
            }
            profileIndex++;
        }
        return to;
    }
}
