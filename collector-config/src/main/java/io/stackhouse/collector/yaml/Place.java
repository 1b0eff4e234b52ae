package io.stackhouse.collector.yaml;

/**
 * Where something stands in a file.
 *
 * @param file the file's name as the user gave it; of an option, the option
 * @param line from 1; 0 for an option, which has no lines
 * @param column from 1, in code points; 0 for an option
 */
public record Place(String file, int line, int column) implements Comparable<Place> {
    /** An option of the command line; {@code name} doesn't hold its value, which may be secret. */
    public static Place ofOption(String name) {
        return new Place(name, 0, 0);
    }

    @Override
    public int compareTo(Place other) {
        int byLine = Integer.compare(line, other.line);
        return byLine != 0 ? byLine : Integer.compare(column, other.column);
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ':' + line + ':' + column;
    }
}
