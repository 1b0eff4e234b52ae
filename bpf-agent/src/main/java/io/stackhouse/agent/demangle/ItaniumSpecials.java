package io.stackhouse.agent.demangle;

import java.util.Map;

/** What the compiler makes beside functions: tables, thunks, guards. Threads: one. */
final class ItaniumSpecials {
    private static final Map<String, String> OF_TYPES = Map.of(
            "TV", "vtable for ",
            "TT", "VTT for ",
            "TI", "typeinfo for ",
            "TS", "typeinfo name for ",
            "TA", "template parameter object for ");
    private static final Map<String, String> OF_NAMES = Map.of(
            "GV", "guard variable for ",
            "TH", "TLS init function for ",
            "TW", "TLS wrapper function for ");

    private final ItaniumState state;
    private final Cursor in;

    ItaniumSpecials(ItaniumState state) {
        this.state = state;
        in = state.in;
    }

    Node special() {
        String kind = in.chars(2);
        if (kind.equals("TA")) {
            return new Nodes.Around("template parameter object for ", state.names.templateArgument(), "");
        }
        if (OF_TYPES.containsKey(kind)) {
            return new Nodes.Around(OF_TYPES.getOrDefault(kind, ""), state.types.type(), "");
        }
        if (OF_NAMES.containsKey(kind)) {
            return new Nodes.Around(OF_NAMES.getOrDefault(kind, ""), state.names.name(), "");
        }
        return switch (kind) {
            case "TC" -> constructionTable();
            case "Tc" -> {
                offset(in.next());
                offset(in.next());
                yield new Nodes.Around("covariant return thunk to ", state.names.encoding(true), "");
            }
            case "Th" -> {
                offset('h');
                yield new Nodes.Around("non-virtual thunk to ", state.names.encoding(true), "");
            }
            case "Tv" -> {
                offset('v');
                yield new Nodes.Around("virtual thunk to ", state.names.encoding(true), "");
            }
            case "GT" -> {
                String before = in.next() == 'n' ? "non-transaction clone for " : "transaction clone for ";
                yield new Nodes.Around(before, state.names.encoding(true), "");
            }
            case "GA" -> new Nodes.Around("hidden alias for ", state.names.encoding(true), "");
            case "GR" -> temporary();
            default -> throw new NotMangledException();
        };
    }

    private Node constructionTable() {
        Node derived = state.types.type();
        in.take('n');
        in.number();
        in.expect('_');
        Node base = state.types.type();
        return new Nodes.Pair(new Nodes.Around("construction vtable for ", base, ""), "-in-", derived);
    }

    private Node temporary() {
        Node name = state.names.name();
        int number = 0;
        if (!in.take('_')) {
            number = in.isAtDigit() ? in.number() + 1 : 0;
            in.take('_');
        }
        return new Nodes.Around("reference temporary #" + number + " for ", name, "");
    }

    private void offset(char kind) {
        in.take('n');
        in.number();
        in.expect('_');
        if (kind == 'v') {
            in.take('n');
            in.number();
            in.expect('_');
        }
    }
}
