package io.stackhouse.cli;

import java.io.PrintStream;
import java.util.List;

/**
 * Prints blocks of lines that replace one another on a terminal, and follow one another elsewhere.
 *
 * <p>Threads: one at a time; the methods lock. Whether there is a terminal, and how wide, comes from the launcher as {@value #COLUMNS_PROPERTY}.
 */
final class Screen {

    static final String COLUMNS_PROPERTY = "stackhouse.terminal.columns";

    private final PrintStream out;
    private final boolean terminal;
    private final int columns;
    private int replaceableLines;

    Screen(PrintStream out, boolean terminal, int columns) {
        this.out = out;
        this.terminal = terminal;
        this.columns = columns;
    }

    static Screen ofLauncher(PrintStream out) {
        Integer columns = Integer.getInteger(COLUMNS_PROPERTY);
        return new Screen(out, columns != null, columns == null || columns == 0 ? HotTable.DEFAULT_COLUMNS : columns);
    }

    boolean isTerminal() {
        return terminal;
    }

    int columns() {
        return columns;
    }

    /** Prints a line that stays; a block before it stays too. */
    synchronized void line(String text) {
        replaceableLines = 0;
        out.println(text);
        out.flush();
    }

    /** Prints a block, in the place of the last one if that is still the last thing printed on a terminal. */
    synchronized void block(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (terminal && replaceableLines > 0) {
            text.append("\u001b[").append(replaceableLines).append("A\u001b[J");
        }
        for (String line : lines) {
            text.append(line).append('\n');
        }
        replaceableLines = lines.size();
        out.print(text);
        out.flush();
    }
}
