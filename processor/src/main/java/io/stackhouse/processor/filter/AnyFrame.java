package io.stackhouse.processor.filter;

import io.stackhouse.pipeline.batch.Dictionary;
import java.util.ArrayList;
import java.util.List;

/**
 * True when the stack of the sample has a frame for which a condition holds. A condition that speaks of frames alone is decided
 * once for each location and once for each stack of a batch. One thread.
 */
final class AnyFrame implements Condition {
    private static final byte NO = 1;
    private static final byte YES = 2;

    private final Condition body;
    private final boolean isRemembered;
    /** The opening of the cursor that is remembered. */
    private long opening;

    private byte[] ofStack = new byte[0];
    private byte[] ofLocation = new byte[0];

    AnyFrame(Condition body) {
        this.body = body;
        this.isRemembered = body.uses() == Operand.FRAME;
    }

    /**
     * The condition under "there is a frame, so that". What doesn't speak of frames stays outside, so that as much as possible is
     * remembered by stack.
     */
    static Condition over(Condition condition) {
        if ((condition.uses() & Operand.FRAME) == 0) {
            return condition;
        }
        if (condition instanceof Condition.Any any) {
            return new Condition.Any(any.parts().stream().map(AnyFrame::over).toList());
        }
        if (condition instanceof Condition.All all) {
            List<Condition> outside = new ArrayList<>();
            List<Condition> inside = new ArrayList<>();
            for (Condition part : all.parts()) {
                ((part.uses() & Operand.FRAME) == 0 ? outside : inside).add(part);
            }
            outside.add(new AnyFrame(inside.size() == 1 ? inside.get(0) : new Condition.All(inside)));
            return outside.size() == 1 ? outside.get(0) : new Condition.All(outside);
        }
        return new AnyFrame(condition);
    }

    @Override
    public boolean holds(Cursor cursor) {
        Dictionary dictionary = cursor.batch().dictionary();
        int stack = cursor.batch().sampleStack(cursor.sample);
        if (!isRemembered) {
            return holdsInStack(cursor, dictionary, stack);
        }
        if (opening != cursor.openings()) {
            opening = cursor.openings();
            ofStack = new byte[dictionary.stackCount()];
            ofLocation = new byte[dictionary.locationCount()];
        }
        if (ofStack[stack] == 0) {
            ofStack[stack] = holdsInStack(cursor, dictionary, stack) ? YES : NO;
        }
        return ofStack[stack] == YES;
    }

    private boolean holdsInStack(Cursor cursor, Dictionary dictionary, int stack) {
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            if (holdsInLocation(cursor, dictionary, dictionary.stackLocation(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean holdsInLocation(Cursor cursor, Dictionary dictionary, int location) {
        if (isRemembered && ofLocation[location] != 0) {
            return ofLocation[location] == YES;
        }
        cursor.location = location;
        int start = dictionary.lineStart(location);
        int end = dictionary.lineEnd(location);
        boolean isFound = false;
        if (start == end) {
            cursor.line = Cursor.NO_LINE;
            isFound = body.holds(cursor);
        }
        for (int line = start; line < end && !isFound; line++) {
            cursor.line = line;
            isFound = body.holds(cursor);
        }
        if (isRemembered) {
            ofLocation[location] = isFound ? YES : NO;
        }
        return isFound;
    }

    /** A sample's, whatever its frames are asked. */
    @Override
    public int uses() {
        return (body.uses() & ~Operand.FRAME) | Operand.ITEM;
    }
}
