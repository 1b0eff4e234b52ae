package io.stackhouse.exporter.clickhouse.block;

/** A column of numbers, times or booleans of one width. See {@link Column} for threads. */
public final class FixedColumn implements Column {
    private final String type;
    private final int widthBytes;
    private final ByteSink values = new ByteSink(1024);
    private int markedBytes;

    private FixedColumn(String type, int widthBytes) {
        this.type = type;
        this.widthBytes = widthBytes;
    }

    public static FixedColumn uint8() {
        return new FixedColumn("UInt8", 1);
    }

    /** Values are 0 and 1. */
    public static FixedColumn bool() {
        return new FixedColumn("Bool", 1);
    }

    /** Values are days since 1970-01-01, at most 65535. */
    public static FixedColumn date() {
        return new FixedColumn("Date", 2);
    }

    public static FixedColumn uint32() {
        return new FixedColumn("UInt32", 4);
    }

    public static FixedColumn int32() {
        return new FixedColumn("Int32", 4);
    }

    /** Values are seconds since 1970, at most 2^32 - 1. */
    public static FixedColumn dateTimeUtc() {
        return new FixedColumn("DateTime('UTC')", 4);
    }

    public static FixedColumn uint64() {
        return new FixedColumn("UInt64", 8);
    }

    public static FixedColumn int64() {
        return new FixedColumn("Int64", 8);
    }

    /** Values are those of {@link Double#doubleToRawLongBits}. */
    public static FixedColumn float64() {
        return new FixedColumn("Float64", 8);
    }

    /** Values are nanoseconds since 1970; the column has the server's time zone. */
    public static FixedColumn dateTime64() {
        return new FixedColumn("DateTime64(9)", 8);
    }

    /** Values are nanoseconds since 1970. */
    public static FixedColumn dateTime64Utc() {
        return new FixedColumn("DateTime64(9, 'UTC')", 8);
    }

    /** Appends the low bytes of the value, as many as the type has. */
    public void append(long value) {
        if (widthBytes == 8) {
            values.writeLong(value);
        } else if (widthBytes == 4) {
            values.writeInt((int) value);
        } else if (widthBytes == 2) {
            values.writeShort((int) value);
        } else {
            values.writeByte((int) value);
        }
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public int rows() {
        return values.size() / widthBytes;
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
        markedBytes = values.size();
    }

    @Override
    public void rollback() {
        values.truncate(markedBytes);
    }

    @Override
    public void clear() {
        values.clear();
        markedBytes = 0;
    }
}
