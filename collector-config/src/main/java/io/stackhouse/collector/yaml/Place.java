package io.stackhouse.collector.yaml;

/**
 * Where something stands in a file.
 *
 * @param file the file's name as the user gave it
 * @param line from 1
 * @param column from 1, in code points
 */
public record Place(String file, int line, int column) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        int byLine = Integer.compare(line, other.line);
        return byLine != 0 ? byLine : Integer.compare(column, other.column);
    }

    @Override
    public String toString() {
        return file + ':' + line + ':' + column;
    }
}
