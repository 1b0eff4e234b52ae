package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.batch.AttributeRows;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.processor.attributes.ActionConfig.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs actions on sets of rows of one dictionary's attribute table, such as a sample has. What an action makes of a row is worked
 * out once and remembered, so that a further sample with the same attributes costs look-ups alone and no allocation. One batch,
 * one thread.
 *
 * <p>Use: {@link #clear}, {@link #add} for each row, {@link #run}, then {@link #size} and {@link #row}.
 */
final class RowActions {
    private static final int NO_KEY = -1;
    private static final int NO_ROW = -1;
    private static final int NO = 1;
    private static final int YES = 2;

    private final List<Action> actions;
    private final AttributeRows rows;
    /** The keys that actions and checks speak of. */
    private final Map<String, Integer> keyIds = new HashMap<>();

    private final RowMemo keyOfRow;
    private final RowMemo[] memos;
    private final int[] keyIdOfAction;
    private final int[] sourceIdOfAction;
    private final int[] constantOfAction;
    private final List<int[]> extracted = new ArrayList<>();
    private final Map<AttributeCheck, RowMemo> checked = new HashMap<>();

    private int[] set = new int[16];
    private int size;
    private boolean isChanged;

    RowActions(List<Action> actions, AttributeRows rows) {
        this.actions = actions;
        this.rows = rows;
        this.keyOfRow = new RowMemo(rows.count());
        this.memos = new RowMemo[actions.size()];
        this.keyIdOfAction = new int[actions.size()];
        this.sourceIdOfAction = new int[actions.size()];
        this.constantOfAction = new int[actions.size()];
        Arrays.fill(constantOfAction, NO_ROW);
        for (int i = 0; i < memos.length; i++) {
            Action action = actions.get(i);
            memos[i] = new RowMemo(rows.count());
            keyIdOfAction[i] = keyId(action.key);
            sourceIdOfAction[i] = keyId(action.fromAttribute);
            action.groups().forEach(this::keyId);
        }
    }

    private int keyId(String key) {
        if (key.isEmpty()) {
            return NO_KEY;
        }
        Integer known = keyIds.putIfAbsent(key, keyIds.size());
        return known == null ? keyIds.size() - 1 : known;
    }

    void clear() {
        size = 0;
        isChanged = false;
    }

    void add(int row) {
        if (size == set.length) {
            set = Arrays.copyOf(set, size * 2);
        }
        set[size++] = row;
    }

    int size() {
        return size;
    }

    int row(int index) {
        return set[index];
    }

    boolean isChanged() {
        return isChanged;
    }

    /** Whether all checks hold for the set. */
    boolean holdAll(List<AttributeCheck> checks) {
        for (int i = 0; i < checks.size(); i++) {
            if (!holds(checks.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(AttributeCheck check) {
        RowMemo memo = checked.get(check);
        if (memo == null) {
            memo = new RowMemo(rows.count());
            checked.put(check, memo);
        }
        for (int i = 0; i < size; i++) {
            int row = set[i];
            if (memo.get(row) == 0) {
                boolean isFulfilled = rows.key(row).equals(check.key) && check.holds(rows.value(row));
                memo.set(row, isFulfilled ? YES : NO);
            }
            if (memo.get(row) == YES) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs all actions on the set.
     *
     * @param mayInsert whether {@code insert} and {@code upsert} add what isn't there
     */
    void run(boolean mayInsert) {
        for (int i = 0; i < memos.length; i++) {
            Action action = actions.get(i);
            switch (action.kind) {
                case INSERT, UPDATE, UPSERT -> set(i, action, mayInsert);
                case DELETE -> delete(i, action);
                case HASH, CONVERT -> change(i, action);
                case EXTRACT -> extract(i, action);
            }
        }
    }

    private void set(int index, Action action, boolean mayInsert) {
        int source = source(index, action);
        if (source == NO_ROW) {
            return;
        }
        int at = position(keyIdOfAction[index]);
        if (at >= 0 && action.kind != Kind.INSERT) {
            replace(at, source);
        } else if (at < 0 && action.kind != Kind.UPDATE && mayInsert) {
            append(source);
        }
    }

    /** The row that the action sets, or NO_ROW when there is no value for it. */
    private int source(int index, Action action) {
        int from = action.value == null ? position(sourceIdOfAction[index]) : NO_KEY;
        if (from >= 0) {
            int row = set[from];
            RowMemo memo = memos[index];
            if (memo.get(row) == 0) {
                memo.set(row, rows.add(action.key, rows.value(row), rows.unit(row)) + 1);
            }
            return memo.get(row) - 1;
        }
        AttributeValue constant = action.value == null ? action.defaultValue : action.value;
        if (constant != null && constantOfAction[index] == NO_ROW) {
            constantOfAction[index] = rows.add(action.key, constant, "");
        }
        return constantOfAction[index];
    }

    private void delete(int index, Action action) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int row = set[i];
            if (memos[index].get(row) == 0) {
                memos[index].set(row, action.isMeant(rows.key(row)) ? YES : NO);
            }
            if (memos[index].get(row) == NO) {
                set[kept++] = row;
            }
        }
        isChanged |= kept < size;
        size = kept;
    }

    private void change(int index, Action action) {
        for (int i = 0; i < size; i++) {
            int row = set[i];
            if (memos[index].get(row) == 0) {
                memos[index].set(row, changed(action, row) + 1);
            }
            replace(i, memos[index].get(row) - 1);
        }
    }

    private int changed(Action action, int row) {
        String key = rows.key(row);
        if (!action.isMeant(key)) {
            return row;
        }
        AttributeValue before = rows.value(row);
        AttributeValue after = action.changed(before);
        String unit = action.kind == Kind.HASH ? "" : rows.unit(row);
        return after == before ? row : rows.add(key, after, unit);
    }

    private void extract(int index, Action action) {
        int from = position(keyIdOfAction[index]);
        if (from < 0) {
            return;
        }
        int row = set[from];
        if (memos[index].get(row) == 0) {
            extracted.add(extractedRows(action, row));
            memos[index].set(row, extracted.size());
        }
        for (int found : extracted.get(memos[index].get(row) - 1)) {
            int at = position(keyOf(found));
            if (at >= 0) {
                replace(at, found);
            } else {
                append(found);
            }
        }
    }

    private int[] extractedRows(Action action, int row) {
        List<AttributeValue> values = action.extracted(rows.value(row));
        int[] out = new int[values.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = rows.add(action.groups().get(i), values.get(i), "");
        }
        return out;
    }

    private void replace(int at, int row) {
        isChanged |= set[at] != row;
        set[at] = row;
    }

    private void append(int row) {
        add(row);
        isChanged = true;
    }

    /** Where the set has the key, or a negative number. */
    private int position(int keyId) {
        if (keyId == NO_KEY) {
            return NO_KEY;
        }
        for (int i = 0; i < size; i++) {
            if (keyOf(set[i]) == keyId) {
                return i;
            }
        }
        return NO_KEY;
    }

    /** The id of a row's key, or NO_KEY when nobody speaks of it. */
    private int keyOf(int row) {
        int known = keyOfRow.get(row);
        if (known == 0) {
            Integer id = keyIds.get(rows.key(row));
            known = id == null ? 1 : id + 2;
            keyOfRow.set(row, known);
        }
        return known - 2;
    }
}
