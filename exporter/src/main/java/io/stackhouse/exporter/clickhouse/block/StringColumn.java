package io.stackhouse.exporter.clickhouse.block;

/** A column of type String. See {@link Column} for threads. */
public final class StringColumn implements Column {
    private final ByteSink values = new ByteSink(1024);
    private int rows;
    private int markedRows;
    private int markedBytes;

    public void append(String text) {
        values.writeText(text);
        rows++;
    }

    /** Appends bytes as they are; a String of ClickHouse need not be text. */
    public void append(byte[] bytes) {
        values.writeVarint(bytes.length);
        values.writeBytes(bytes, 0, bytes.length);
        rows++;
    }

    public void appendEmpty() {
        values.writeByte(0);
        rows++;
    }

    /** Appends bytes that were encoded before with their length, as {@link ByteSink#writeText} does. */
    public void appendEncoded(ByteSink source, int offset, int length) {
        values.write(source, offset, length);
        rows++;
    }

    /** Appends 8 bytes as 16 lower-case hex digits. */
    public void appendHex(long value) {
        values.writeVarint(16);
        values.writeHex(value);
        rows++;
    }

    /** Appends 16 bytes as 32 lower-case hex digits. */
    public void appendHex(long high, long low) {
        values.writeVarint(32);
        values.writeHex(high);
        values.writeHex(low);
        rows++;
    }

    /** Appends bytes as lower-case hex digits. */
    public void appendHex(byte[] bytes) {
        values.writeVarint(2L * bytes.length);
        for (byte b : bytes) {
            values.writeHexByte(b);
        }
        rows++;
    }

    @Override
    public String type() {
        return "String";
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long byteCount() {
        return values.size();
    }

    @Override
    public void writeValues(ByteSink out) {
        out.write(values);
    }

    @Override
    public void mark() {
        markedRows = rows;
        markedBytes = values.size();
    }

    @Override
    public void rollback() {
        rows = Math.min(rows, markedRows);
        values.truncate(markedBytes);
    }

    @Override
    public void clear() {
        values.clear();
        rows = 0;
        markedRows = 0;
        markedBytes = 0;
    }
}
