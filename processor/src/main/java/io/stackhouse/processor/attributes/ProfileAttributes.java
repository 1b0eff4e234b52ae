package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.batch.AttributeRows;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rewrites the attributes of one batch's samples and profiles. One use, one thread. */
final class ProfileAttributes {
    private final ProfileBatch batch;
    private final @Nullable Selection include;
    private final @Nullable Selection exclude;
    private final AttributeRows rows;
    private final RowActions actions;
    private final boolean[] isIncluded;
    private final boolean[] mayBeExcluded;

    ProfileAttributes(
            ProfileBatch batch, List<Action> actions, @Nullable Selection include, @Nullable Selection exclude) {
        this.batch = batch;
        this.include = include;
        this.exclude = exclude;
        this.rows = new AttributeRows(batch.dictionary());
        this.actions = new RowActions(actions, rows);
        this.isIncluded = new boolean[batch.profileCount()];
        this.mayBeExcluded = new boolean[batch.profileCount()];
    }

    void rewrite() {
        boolean isAnyIncluded = false;
        for (int i = 0; i < isIncluded.length; i++) {
            ProfileHeader profile = batch.profile(i);
            isIncluded[i] = include == null || matches(include, profile);
            mayBeExcluded[i] = exclude != null && matches(exclude, profile);
            isAnyIncluded |= isIncluded[i];
        }
        if (isAnyIncluded) {
            rewriteHeaders();
            rewriteSamples();
        }
    }

    private boolean matches(Selection selection, ProfileHeader profile) {
        Attributes resource = batch.resource(profile.resource()).attributes();
        return selection.matchesSource(resource, profile.scope()) && selection.matchesType(profile.type());
    }

    /** Whether the set that is open, of this profile or of a sample of it, is acted on. */
    private boolean isSelected(int profile) {
        if (!isIncluded[profile] || (include != null && !actions.holdAll(include.attributes()))) {
            return false;
        }
        return exclude == null || !mayBeExcluded[profile] || !actions.holdAll(exclude.attributes());
    }

    private void rewriteHeaders() {
        List<ProfileHeader> headers = new ArrayList<>(batch.profileCount());
        for (int i = 0; i < batch.profileCount(); i++) {
            ProfileHeader profile = batch.profile(i);
            actions.clear();
            for (int row : profile.attributes()) {
                actions.add(row);
            }
            if (isSelected(i)) {
                actions.run(false);
            }
            headers.add(actions.isChanged() ? profile.withAttributes(opened()) : profile);
        }
        batch.setProfiles(rows.dictionary(), headers);
    }

    private int[] opened() {
        int[] out = new int[actions.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = actions.row(i);
        }
        return out;
    }

    private void rewriteSamples() {
        int samples = batch.sampleCount();
        Ints starts = new Ints();
        Ints attributes = new Ints();
        starts.reserve(samples + 1);
        attributes.reserve(samples == 0 ? 0 : batch.sampleAttributeEnd(samples - 1) + samples);
        boolean isChanged = false;
        for (int sample = 0; sample < samples; sample++) {
            actions.clear();
            for (int i = batch.sampleAttributeStart(sample); i < batch.sampleAttributeEnd(sample); i++) {
                actions.add(batch.sampleAttribute(i));
            }
            if (isSelected(batch.sampleProfile(sample))) {
                actions.run(true);
            }
            isChanged |= actions.isChanged();
            starts.add(attributes.size());
            for (int i = 0; i < actions.size(); i++) {
                attributes.add(actions.row(i));
            }
        }
        starts.add(attributes.size());
        if (isChanged) {
            Dictionary dictionary = rows.dictionary();
            batch.setSampleAttributes(dictionary, starts, attributes);
        }
    }
}
