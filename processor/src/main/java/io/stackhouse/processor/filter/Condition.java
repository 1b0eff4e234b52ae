package io.stackhouse.processor.filter;

import io.stackhouse.processor.filter.Cell.Kind;
import java.util.List;

/**
 * A compiled condition. It holds cells of its own: one thread.
 */
sealed interface Condition
        permits Condition.All,
                Condition.Any,
                Condition.Not,
                Condition.Comparison,
                Condition.Truth,
                Condition.Test,
                AnyFrame {
    boolean holds(Cursor cursor);

    /** See {@link Operand#uses}. */
    int uses();

    /** True when all are; stops at the first that is not. */
    record All(List<Condition> parts) implements Condition {
        @Override
        public boolean holds(Cursor cursor) {
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).holds(cursor)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int uses() {
            return usesOf(parts);
        }
    }

    /** True when one is; stops at it. */
    record Any(List<Condition> parts) implements Condition {
        @Override
        public boolean holds(Cursor cursor) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).holds(cursor)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int uses() {
            return usesOf(parts);
        }
    }

    private static int usesOf(List<Condition> parts) {
        int uses = 0;
        for (Condition part : parts) {
            uses |= part.uses();
        }
        return uses;
    }

    /** The opposite. */
    record Not(Condition part) implements Condition {
        @Override
        public boolean holds(Cursor cursor) {
            return !part.holds(cursor);
        }

        @Override
        public int uses() {
            return part.uses();
        }
    }

    /** Compares two values. */
    final class Comparison implements Condition {
        private final Operand left;
        private final String operator;
        private final Operand right;
        private final Cell leftCell = new Cell();
        private final Cell rightCell = new Cell();

        Comparison(Operand left, String operator, Operand right) {
            this.left = left;
            this.operator = operator;
            this.right = right;
        }

        @Override
        public boolean holds(Cursor cursor) {
            left.load(cursor, leftCell);
            right.load(cursor, rightCell);
            boolean isEqual = leftCell.isEqualTo(rightCell);
            if (operator.equals("==")) {
                return isEqual;
            }
            if (operator.equals("!=")) {
                return !isEqual;
            }
            if (!leftCell.isComparableTo(rightCell)) {
                return isEqual && leftCell.kind == Kind.NIL && operator.endsWith("=");
            }
            int order = leftCell.compareTo(rightCell);
            return switch (operator) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        }

        @Override
        public int uses() {
            return left.uses() | right.uses();
        }
    }

    /** A value that is true or false by itself. */
    final class Truth implements Condition {
        private final Operand operand;
        private final Cell cell = new Cell();

        Truth(Operand operand) {
            this.operand = operand;
        }

        @Override
        public boolean holds(Cursor cursor) {
            operand.load(cursor, cell);
            if (cell.kind != Kind.BOOL) {
                throw new EvaluationException("true or false was expected, and there is " + described(cell));
            }
            return cell.number != 0;
        }

        @Override
        public int uses() {
            return operand.uses();
        }
    }

    private static String described(Cell cell) {
        return cell.kind == Kind.NIL ? "nothing" : "a value of another kind";
    }

    /** A function of one value that says yes or no. */
    final class Test implements Condition {
        /** Decides about a value. */
        @FunctionalInterface
        interface Decision {
            boolean holds(Cell value);
        }

        private final Operand operand;
        private final Decision decision;
        private final Cell cell = new Cell();

        Test(Operand operand, Decision decision) {
            this.operand = operand;
            this.decision = decision;
        }

        @Override
        public boolean holds(Cursor cursor) {
            operand.load(cursor, cell);
            return decision.holds(cell);
        }

        @Override
        public int uses() {
            return operand.uses();
        }
    }

    /** A condition as a value, so that it can be compared. */
    record AsOperand(Condition condition) implements Operand {
        @Override
        public void load(Cursor cursor, Cell into) {
            into.set(condition.holds(cursor));
        }

        @Override
        public int uses() {
            return condition.uses();
        }
    }
}
