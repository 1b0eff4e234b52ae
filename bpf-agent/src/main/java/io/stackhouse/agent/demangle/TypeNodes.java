package io.stackhouse.agent.demangle;

import java.util.List;

/** The kinds of nodes that types are made of. */
final class TypeNodes {
    private TypeNodes() {}

    /** A type with words behind it: {@code const}, {@code _Complex}. The same words twice count once. */
    record Qualifier(Node type, String words) implements Node {
        @Override
        public void left(Text out) {
            out.left(type);
            if (!type.isFunction(out) && !isRepeated(out)) {
                out.append(words);
            }
        }

        @Override
        public void right(Text out) {
            out.right(type);
            if (type.isFunction(out)) {
                out.append(words);
            }
        }

        private boolean isRepeated(Text out) {
            Nodes.Scope scope = out.scope;
            boolean wasInExpansion = out.isInExpansion;
            boolean result = out.actual(type) instanceof Qualifier inner && inner.words.equals(words);
            out.scope = scope;
            out.isInExpansion = wasInExpansion;
            return result;
        }

        @Override
        public boolean isFunction(Text out) {
            return type.isFunction(out);
        }

        @Override
        public boolean isArray(Text out) {
            return type.isArray(out);
        }

        @Override
        public boolean isWrapping(Text out) {
            return type.isWrapping(out);
        }
    }

    /** A pointer or reference; references to references fold. */
    record Pointer(Node type, String mark) implements Node {
        private static final int MAX_FOLDS = 8;

        @Override
        public void left(Text out) {
            Nodes.Scope scope = out.scope;
            boolean wasInExpansion = out.isInExpansion;
            String foldedMark = foldedMark(out);
            out.scope = scope;
            out.isInExpansion = wasInExpansion;
            Node inner = folded(out);
            out.left(inner);
            if (inner.isFunction(out)) {
                out.append(out.endsWith('(') ? "" : "(");
            } else if (inner.isArray(out)) {
                out.append(" (");
            }
            out.append(foldedMark);
            out.scope = scope;
            out.isInExpansion = wasInExpansion;
        }

        @Override
        public void right(Text out) {
            Nodes.Scope scope = out.scope;
            boolean wasInExpansion = out.isInExpansion;
            Node inner = folded(out);
            if (inner.isFunction(out) || inner.isArray(out)) {
                out.append(')');
            }
            out.right(inner);
            out.scope = scope;
            out.isInExpansion = wasInExpansion;
        }

        @Override
        public boolean isWrapping(Text out) {
            Nodes.Scope scope = out.scope;
            boolean wasInExpansion = out.isInExpansion;
            Node inner = folded(out);
            boolean result = inner.isFunction(out) || inner.isArray(out);
            out.scope = scope;
            out.isInExpansion = wasInExpansion;
            return result;
        }

        private boolean isReference() {
            return mark.charAt(0) == '&';
        }

        private String foldedMark(Text out) {
            String folded = mark;
            Node inner = type;
            for (int i = 0; i < MAX_FOLDS && isReference(); i++) {
                if (!(out.actual(inner) instanceof Pointer p) || !p.isReference()) {
                    break;
                }
                folded = p.mark.equals("&") ? "&" : folded;
                inner = p.type;
            }
            return folded;
        }

        private Node folded(Text out) {
            Node inner = type;
            for (int i = 0; i < MAX_FOLDS && isReference(); i++) {
                Node next = out.actual(inner);
                if (!(next instanceof Pointer p) || !p.isReference()) {
                    return next;
                }
                inner = p.type;
            }
            return inner;
        }
    }

    record Function(Node result, List<Node> parameters, String qualifiers) implements Node {
        @Override
        public void left(Text out) {
            out.left(result);
            out.append(result.isWrapping(out) ? "" : " ");
        }

        @Override
        public void right(Text out) {
            out.append('(');
            out.writeList(parameters);
            out.append(')');
            out.right(result);
            out.append(qualifiers);
        }

        @Override
        public boolean isFunction(Text out) {
            return true;
        }
    }

    record Array(Node element, Node size) implements Node {
        @Override
        public void left(Text out) {
            out.left(element);
        }

        @Override
        public void right(Text out) {
            out.append(out.endsWith(']') ? "[" : " [");
            out.write(size);
            out.append(']');
            out.right(element);
        }

        @Override
        public boolean isArray(Text out) {
            return true;
        }
    }

    record MemberPointer(Node owner, Node member) implements Node {
        @Override
        public void left(Text out) {
            out.left(member);
            if (member.isFunction(out)) {
                out.append('(');
            } else {
                out.append(member.isArray(out) ? " (" : " ");
            }
            out.write(owner);
            out.append("::*");
        }

        @Override
        public void right(Text out) {
            if (member.isFunction(out) || member.isArray(out)) {
                out.append(')');
            }
            out.right(member);
        }

        @Override
        public boolean isWrapping(Text out) {
            return member.isFunction(out) || member.isArray(out);
        }
    }
}
