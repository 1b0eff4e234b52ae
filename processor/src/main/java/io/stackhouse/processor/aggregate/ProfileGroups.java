package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.DictionaryMerge;
import io.stackhouse.pipeline.batch.IntRows;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The profiles of a window: those of equal resource, scope, types, period and attributes are one. A profile with an original
 * payload is left whole, since the payload speaks of it alone. One thread.
 */
final class ProfileGroups {
    private final DictionaryMerge dictionary;
    private final IntRows attributeSets = new IntRows();
    private final Map<ResourceKey, Integer> resourceIndices = new HashMap<>();
    private final Map<GroupKey, Integer> groupIndices = new HashMap<>();
    private List<Resource> resources = new ArrayList<>();
    private List<ProfileHeader> headers = new ArrayList<>();
    private int wholeProfiles;

    ProfileGroups(DictionaryMerge dictionary) {
        this.dictionary = dictionary;
    }

    /** A resource by content, whatever the order of its attributes. */
    private record ResourceKey(Attributes sorted, String schemaUrl) {}

    /** @param whole 0, or a number of its own for a profile that is left whole */
    private record GroupKey(
            int resource,
            Scope scope,
            ValueType type,
            ValueType originalType,
            ValueType periodType,
            long period,
            int attributes,
            int whole) {}

    /** The index of the group that the batch's profile belongs to; the dictionary's source must be the batch's. */
    int group(ProfileBatch batch, ProfileHeader header) {
        int[] attributes = new int[header.attributes().length];
        for (int i = 0; i < attributes.length; i++) {
            attributes[i] = dictionary.attribute(header.attributes()[i]);
        }
        Arrays.sort(attributes);
        boolean isWhole = isWhole(header);
        GroupKey key = new GroupKey(
                resource(batch.resource(header.resource())),
                header.scope(),
                header.type(),
                header.originalType(),
                header.periodType(),
                header.period(),
                attributeSets.intern(attributes, 0, attributes.length),
                isWhole ? ++wholeProfiles : 0);
        Integer known = groupIndices.get(key);
        if (known != null) {
            headers.set(known, joined(headers.get(known), header));
            return known;
        }
        groupIndices.put(key, headers.size());
        headers.add(copy(header, key.resource(), attributes));
        return headers.size() - 1;
    }

    /** Whether the profile's rows stay as they are. */
    static boolean isWhole(ProfileHeader header) {
        return header.payload().bytes().length > 0;
    }

    /** The index of a resource of equal content. */
    int resource(Resource resource) {
        ResourceKey key = new ResourceKey(sorted(resource.attributes()), resource.schemaUrl());
        Integer known = resourceIndices.get(key);
        if (known != null) {
            return known;
        }
        resourceIndices.put(key, resources.size());
        // A copy: whoever comes later in the pipeline may change it, and the batch it came from may be shared.
        resources.add(new Resource(new Attributes(resource.attributes()), resource.schemaUrl()));
        return resources.size() - 1;
    }

    private static Attributes sorted(Attributes attributes) {
        String[] keys = new String[attributes.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = attributes.key(i);
        }
        Arrays.sort(keys);
        Attributes sorted = new Attributes();
        for (String key : keys) {
            int at = 0;
            while (!attributes.key(at).equals(key)) {
                at++;
            }
            sorted.put(key, attributes.value(at));
        }
        return sorted;
    }

    private static ProfileHeader copy(ProfileHeader header, int resource, int[] attributes) {
        return new ProfileHeader(
                resource,
                header.scope(),
                header.type(),
                header.originalType(),
                header.periodType(),
                header.period(),
                header.timeUnixNanos(),
                header.durationNanos(),
                header.profileId(),
                header.droppedAttributesCount(),
                header.payload(),
                attributes);
    }

    /** What both say; an id only when they agree on it. */
    private static ProfileHeader joined(ProfileHeader known, ProfileHeader other) {
        boolean isSameId = Arrays.equals(known.profileId(), other.profileId());
        if (isSameId && other.droppedAttributesCount() == 0) {
            return known;
        }
        long dropped = (long) known.droppedAttributesCount() + other.droppedAttributesCount();
        return new ProfileHeader(
                known.resource(),
                known.scope(),
                known.type(),
                known.originalType(),
                known.periodType(),
                known.period(),
                known.timeUnixNanos(),
                known.durationNanos(),
                isSameId ? known.profileId() : new byte[0],
                (int) Math.min(dropped, Integer.MAX_VALUE),
                OriginalPayload.NONE,
                known.attributes());
    }

    int count() {
        return headers.size();
    }

    /** About what groups take in memory, in bytes. */
    long byteCount() {
        return 512L * headers.size() + 1024L * resources.size();
    }

    /** Gives away what was gathered; the next window begins without. */
    List<Resource> takeResources() {
        List<Resource> taken = resources;
        resources = new ArrayList<>();
        resourceIndices.clear();
        return taken;
    }

    /** The same for the profiles; those that were merged speak of the window. */
    List<ProfileHeader> takeHeaders(long startUnixNanos, long durationNanos) {
        List<ProfileHeader> taken = headers;
        for (int i = 0; i < taken.size(); i++) {
            ProfileHeader header = taken.get(i);
            if (!isWhole(header)) {
                taken.set(i, header.withInterval(startUnixNanos, durationNanos));
            }
        }
        headers = new ArrayList<>();
        groupIndices.clear();
        attributeSets.clear();
        wholeProfiles = 0;
        return taken;
    }
}
