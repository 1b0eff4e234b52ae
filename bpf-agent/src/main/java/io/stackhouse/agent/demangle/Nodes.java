package io.stackhouse.agent.demangle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kinds of nodes that names are made of; {@link TypeNodes} has those of types. */
final class Nodes {
    private Nodes() {}

    record Name(String text) implements Node {
        @Override
        public void left(Text out) {
            out.append(text);
        }

        @Override
        public boolean isSimple() {
            return true;
        }
    }

    /** {@code std::string} and its like, whose constructors have another name. */
    record Abbreviation(String text, String whole, String baseName) implements Node {
        @Override
        public void left(Text out) {
            out.append(text);
        }

        @Override
        public Node base() {
            return new Name(baseName);
        }

        @Override
        public boolean isSimple() {
            return true;
        }
    }

    record Qualified(Node scope, Node name) implements Node {
        @Override
        public void left(Text out) {
            out.write(scope);
            out.append("::");
            out.write(name);
        }

        @Override
        public Node base() {
            return name.base();
        }

        @Override
        public boolean isSimple() {
            return true;
        }
    }

    record Template(Node name, TemplateArguments arguments) implements Node {
        @Override
        public void left(Text out) {
            out.write(name);
            out.write(arguments);
        }

        @Override
        public Node base() {
            return name.base();
        }
    }

    record TemplateArguments(List<Node> arguments) implements Node {
        @Override
        public void left(Text out) {
            out.append(out.endsWith('<') ? " <" : "<");
            boolean isLastEmpty = out.writeList(arguments);
            // Behind an argument that writes nothing binutils leaves the space out.
            out.append(out.endsWith('>') && !isLastEmpty ? " >" : ">");
        }
    }

    /** Text before or after a node. */
    record Around(String before, Node node, String after) implements Node {
        @Override
        public void left(Text out) {
            out.append(before);
            out.write(node);
            out.append(after);
        }

        @Override
        public Node base() {
            return before.isEmpty() ? node.base() : this;
        }
    }

    /** A name with an ABI tag: no part of a constructor's name. */
    record Tagged(Node node, String tag) implements Node {
        @Override
        public void left(Text out) {
            out.write(node);
            out.append("[abi:" + tag + "]");
        }

        @Override
        public Node base() {
            return node.base();
        }
    }

    /** Nodes one after the other with text between them. */
    record Joined(String before, List<Node> nodes, String after) implements Node {
        @Override
        public void left(Text out) {
            out.append(before);
            out.writeList(nodes);
            out.append(after);
        }
    }

    /** Two parts with text between them. */
    record Pair(Node first, String between, Node second) implements Node {
        @Override
        public void left(Text out) {
            out.write(first);
            out.append(between);
            out.write(second);
        }
    }

    record Conversion(Node type) implements Node {
        @Override
        public void left(Text out) {
            out.append("operator ");
            out.write(type);
        }
    }

    /** An argument of the template around: which one that is shows when it is written. */
    record Parameter(int index) implements Node {
        @Override
        public void left(Text out) {
            if (out.lambdaDepth > 0) {
                out.append("auto:" + (index + 1));
            } else {
                out.withArgument(this, out::left);
            }
        }

        @Override
        public void right(Text out) {
            if (out.lambdaDepth == 0) {
                out.withArgument(this, out::right);
            }
        }

        @Override
        public boolean isFunction(Text out) {
            return out.lambdaDepth == 0 && out.testArgument(this, node -> node.isFunction(out));
        }

        @Override
        public boolean isArray(Text out) {
            return out.lambdaDepth == 0 && out.testArgument(this, node -> node.isArray(out));
        }

        @Override
        public boolean isWrapping(Text out) {
            return out.lambdaDepth == 0 && out.testArgument(this, node -> node.isWrapping(out));
        }
    }

    /** How many arguments a pack has. */
    record PackSize(Parameter pack) implements Node {
        @Override
        public void left(Text out) {
            out.withWholeArgument(
                    pack,
                    node -> out.append(
                            node instanceof Pack p ? "" + p.elements().size() : "1"));
        }
    }

    record Lambda(List<Node> parameters, int ordinal) implements Node {
        @Override
        public void left(Text out) {
            out.append("{lambda(");
            out.lambdaDepth++;
            out.writeList(parameters);
            out.lambdaDepth--;
            out.append(")#" + ordinal + "}");
        }
    }

    /** A function with its parameters, as a whole symbol or the scope of something local; {@code arguments} are those of its innermost template. */
    record Function(Node name, @Nullable Node result, List<Node> parameters, String qualifiers, List<Node> arguments)
            implements Node {
        @Override
        public void left(Text out) {
            Scope outer = out.scope;
            int outerLambdas = out.lambdaDepth;
            out.scope = new Scope(arguments, outer);
            out.lambdaDepth = 0;
            if (result != null) {
                out.left(result);
                out.append(result.isWrapping(out) ? "" : " ");
            }
            out.write(name);
            out.append('(');
            out.writeList(parameters);
            out.append(')');
            if (result != null) {
                out.right(result);
            }
            out.append(qualifiers);
            out.scope = outer;
            out.lambdaDepth = outerLambdas;
        }

        @Override
        public Node base() {
            return name.base();
        }
    }

    /** Template arguments that parameters refer to, and those around them. */
    record Scope(List<Node> arguments, @Nullable Scope outer) {}

    /** All arguments that one template parameter stands for. */
    record Pack(List<Node> elements) implements Node {
        @Override
        public void left(Text out) {
            out.writeList(elements);
        }
    }

    /** A pattern that is written once for each element of the packs in it. */
    record Expansion(Node pattern) implements Node {
        @Override
        public void left(Text out) {
            int outerIndex = out.packIndex;
            int outerSize = out.packSize;
            boolean wasInExpansion = out.isInExpansion;
            out.isInExpansion = true;
            out.packSize = -1;
            int start = out.length();
            out.write(pattern);
            int size = out.packSize;
            if (size < 0) {
                out.append("...");
            } else if (size == 0) {
                out.cut(start);
            }
            for (int i = 1; i < size; i++) {
                out.append(", ");
                out.packIndex = i;
                out.packSize = size;
                out.write(pattern);
            }
            out.packIndex = outerIndex;
            out.packSize = outerSize;
            out.isInExpansion = wasInExpansion;
        }
    }
}
