package io.stackhouse.agent.demangle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses operators, literals and the expressions that stand in template arguments. Threads: one. */
final class ItaniumExpressions {
    /** Two letters, how many operands, how it is written. */
    private static final Map<String, Operator> OPERATORS = operators();

    private final ItaniumState state;
    private final Cursor in;

    ItaniumExpressions(ItaniumState state) {
        this.state = state;
        in = state.in;
    }

    private record Operator(String text, int operands) {}

    private static Map<String, Operator> operators() {
        String table =
                "aN&= 2,aS= 2,aa&& 2,ad& 1,an& 2,at 9,aw co_await 1,cm, 2,co~ 1,dV/= 2,da delete[] 1,de* 1,dl delete 1,dv/ 2,"
                        + "eO^= 2,eo^ 2,eq== 2,ge>= 2,gt> 2,lS<<= 2,le<= 2,ls<< 2,lt< 2,mI-= 2,mL*= 2,mi- 2,ml* 2,mm-- 1,na new[] 3,ne!= 2,ng- 1,"
                        + "nt! 1,nw new 3,oR|= 2,oo|| 2,or| 2,pL+= 2,pl+ 2,pm->* 2,pp++ 1,ps+ 1,pt-> 2,rM%= 2,rS>>= 2,rm% 2,rs>> 2,ss<=> 2";
        Map<String, Operator> result = new java.util.HashMap<>();
        for (String entry : table.split(",(?=[a-z])", -1)) {
            int last = entry.lastIndexOf(' ');
            String text = entry.substring(2, last);
            result.put(entry.substring(0, 2), new Operator(text, Integer.parseInt(entry.substring(last + 1))));
        }
        result.put("cl", new Operator("()", 9));
        result.put("ix", new Operator("[]", 9));
        result.put("qu", new Operator("?", 9));
        return Map.copyOf(result);
    }

    /** The name of a function that defines an operator. */
    Node operatorName() {
        if (in.take("cv")) {
            boolean wasConversion = state.isInConversion;
            state.isInConversion = true;
            Node type = state.types.type();
            state.isInConversion = wasConversion;
            return new Nodes.Conversion(type);
        }
        if (in.take("li")) {
            return new Nodes.Around("operator\"\" ", state.names.sourceName(), "");
        }
        if (in.peek() == 'v' && in.peek(1) >= '0' && in.peek(1) <= '9') {
            in.chars(2);
            return new Nodes.Around("operator ", state.names.sourceName(), "");
        }
        Operator operator = OPERATORS.get(in.chars(2));
        if (operator == null) {
            throw new NotMangledException();
        }
        return new Nodes.Name("operator" + operator.text);
    }

    Node expression() {
        state.enter();
        try {
            return parse();
        } finally {
            state.leave();
        }
    }

    private Node parse() {
        char c = in.peek();
        if (c == 'L') {
            return literal();
        }
        if (c == 'T') {
            return state.templateParameter();
        }
        if (c == 'f' && (in.peek(1) == 'p' || in.peek(1) == 'L')) {
            return functionParameter();
        }
        if (in.isAtDigit()) {
            return unresolvedName();
        }
        String code = "" + c + in.peek(1);
        Operator operator = OPERATORS.get(code);
        if (operator != null && operator.operands < 3) {
            in.chars(2);
            return operation(operator, code);
        }
        return new ItaniumOtherExpressions(state).parse(code);
    }

    private Node operation(Operator operator, String code) {
        if (operator.operands == 1) {
            boolean isPrefix = (code.equals("pp") || code.equals("mm")) && in.take('_');
            Node operand = expression();
            if ((code.equals("pp") || code.equals("mm")) && !isPrefix) {
                return new Nodes.Around("(", operand, ")" + operator.text.strip());
            }
            if (code.equals("ad") && operand instanceof Nodes.Function function) {
                return new Nodes.Around("&", isQualified(function) ? function.name() : wrapped(operand), "");
            }
            return new Nodes.Around(operator.text.strip(), wrapped(operand), "");
        }
        Node left = expression();
        Node right = expression();
        Node whole = new Nodes.Pair(wrapped(left), operator.text, wrapped(right));
        return code.equals("gt") ? new Nodes.Around("(", whole, ")") : whole;
    }

    private static boolean isQualified(Nodes.Function function) {
        return function.name() instanceof Nodes.Qualified;
    }

    static Node wrapped(Node node) {
        return node.isSimple() ? node : new Nodes.Around("(", node, ")");
    }

    private Node functionParameter() {
        in.next();
        if (in.next() == 'L') {
            in.number();
            in.expect('p');
        }
        if (in.take('T')) {
            return new Nodes.Name("this");
        }
        while (in.take('r') || in.take('V') || in.take('K')) {
            // Qualifiers of a parameter don't show in an expression.
        }
        int number = in.isAtDigit() ? in.number() + 2 : 1;
        in.expect('_');
        return new Nodes.Name("{parm#" + number + "}");
    }

    /** A plain name with its template arguments. */
    Node unresolvedName() {
        Node name = state.names.sourceName();
        return in.peek() == 'I' ? new Nodes.Template(name, state.names.templateArguments(false)) : name;
    }

    Node literal() {
        in.expect('L');
        if (in.take("_Z")) {
            Node encoding = state.names.encoding(true);
            in.expect('E');
            return encoding;
        }
        char kind = in.peek();
        Node type = state.types.type();
        boolean isNegative = in.take('n');
        String digits = in.until('E');
        in.expect('E');
        return literal(kind, type, isNegative, digits);
    }

    private static Node literal(char kind, Node type, boolean isNegative, String digits) {
        String suffix = suffix(kind);
        String value = (isNegative ? "-" : "") + digits;
        if (suffix != null) {
            return new Nodes.Name(value + suffix);
        }
        if (kind == 'b' && (digits.equals("0") || digits.equals("1"))) {
            return new Nodes.Name(digits.equals("1") ? "true" : "false");
        }
        boolean isFloat = "fdeg".indexOf(kind) >= 0;
        return new Nodes.Pair(
                new Nodes.Around("(", type, ")"), "", new Nodes.Name(isFloat ? "[" + value + "]" : value));
    }

    private static @Nullable String suffix(char kind) {
        return switch (kind) {
            case 'i' -> "";
            case 'j' -> "u";
            case 'l' -> "l";
            case 'm' -> "ul";
            case 'x' -> "ll";
            case 'y' -> "ull";
            default -> null;
        };
    }

    List<Node> untilE() {
        List<Node> list = new ArrayList<>();
        while (!in.take('E')) {
            list.add(expression());
        }
        return list;
    }
}
