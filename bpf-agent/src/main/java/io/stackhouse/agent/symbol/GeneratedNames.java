package io.stackhouse.agent.symbol;

/**
 * Takes apart what run times write into perf maps. V8: {@code JS:~name file:line:column}, where ~, ^, + and * tell the compiler that made the code; a function is
 * the same one whichever did. Others are taken as they are.
 */
final class GeneratedNames {
    private static final String[] V8_KINDS = {"JS:", "LazyCompile:", "Function:", "Eval:", "Script:"};
    private static final String TIERS = "~^+*";

    private GeneratedNames() {}

    static Frame.Name parse(FrameType type, String text) {
        if (type != FrameType.V8JS) {
            return Frame.Name.ofText(text);
        }
        for (String kind : V8_KINDS) {
            if (text.startsWith(kind)) {
                return javaScript(text, kind.length());
            }
        }
        return Frame.Name.ofText(text);
    }

    private static Frame.Name javaScript(String text, int from) {
        int start = from < text.length() && TIERS.indexOf(text.charAt(from)) >= 0 ? from + 1 : from;
        int column = text.lastIndexOf(':');
        int line = column < 0 ? -1 : text.lastIndexOf(':', column - 1);
        int space = text.indexOf(' ', start);
        if (space < 0
                || line <= space
                || !isNumber(text, line + 1, column)
                || !isNumber(text, column + 1, text.length())) {
            return new Frame.Name(text.substring(start), text, null, 0);
        }
        String function = space == start ? "(anonymous)" : text.substring(start, space);
        return new Frame.Name(
                function, text, text.substring(space + 1, line), Integer.parseInt(text.substring(line + 1, column)));
    }

    private static boolean isNumber(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < to && to - from < 10;
    }
}
