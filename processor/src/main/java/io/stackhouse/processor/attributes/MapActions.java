package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs actions, in their order, on a set of attributes that is looked up by key. Immutable. */
final class MapActions {
    private final List<Action> actions;

    MapActions(List<Action> actions) {
        this.actions = actions;
    }

    /** A resource's attributes as a target. */
    static AttributeTarget target(Attributes attributes) {
        return new AttributeTarget() {
            @Override
            public int size() {
                return attributes.size();
            }

            @Override
            public String key(int index) {
                return attributes.key(index);
            }

            @Override
            public @Nullable AttributeValue get(String key) {
                return attributes.get(key);
            }

            @Override
            public void put(String key, AttributeValue value) {
                attributes.put(key, value);
            }

            @Override
            public void remove(String key) {
                attributes.remove(key);
            }
        };
    }

    void run(AttributeTarget target) {
        for (Action action : actions) {
            switch (action.kind) {
                case INSERT, UPDATE, UPSERT -> set(action, target);
                case DELETE, HASH -> changeMeant(action, target);
                case EXTRACT -> extract(action, target);
                case CONVERT -> change(action, target, action.key);
            }
        }
    }

    private static void set(Action action, AttributeTarget target) {
        AttributeValue value = action.value;
        if (value == null && !action.fromAttribute.isEmpty()) {
            value = target.get(action.fromAttribute);
        }
        if (value == null) {
            value = action.defaultValue;
        }
        if (value == null) {
            return;
        }
        boolean isThere = target.get(action.key) != null;
        if (isThere ? action.kind != ActionConfig.Kind.INSERT : action.kind != ActionConfig.Kind.UPDATE) {
            target.put(action.key, value);
        }
    }

    private static void changeMeant(Action action, AttributeTarget target) {
        if (!action.hasPattern()) {
            deleteOrHash(action, target, action.key);
            return;
        }
        for (int i = target.size() - 1; i >= 0; i--) {
            String key = target.key(i);
            if (action.isMeant(key)) {
                deleteOrHash(action, target, key);
            }
        }
    }

    private static void deleteOrHash(Action action, AttributeTarget target, String key) {
        if (action.kind == ActionConfig.Kind.DELETE) {
            target.remove(key);
        } else {
            change(action, target, key);
        }
    }

    private static void change(Action action, AttributeTarget target, String key) {
        AttributeValue before = target.get(key);
        if (before != null) {
            AttributeValue after = action.changed(before);
            if (after != before) {
                target.put(key, after);
            }
        }
    }

    private static void extract(Action action, AttributeTarget target) {
        AttributeValue from = target.get(action.key);
        List<AttributeValue> found = from == null ? List.of() : action.extracted(from);
        for (int i = 0; i < found.size(); i++) {
            target.put(action.groups().get(i), found.get(i));
        }
    }
}
