package io.stackhouse.exporter.clickhouse.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class NativeBlockTest {
    private static byte[] encode(NativeBlock block) {
        ByteSink out = new ByteSink(0);
        block.encode(out);
        return out.toByteArray();
    }

    @Test
    void encodesTheDocumentedLayout() {
        NativeBlock block = new NativeBlock();
        FixedColumn number = block.add("n", FixedColumn.uint32());
        StringColumn text = block.add("s", new StringColumn());
        ArrayColumn<LowCardinalityColumn> names = block.add("a", new ArrayColumn<>(new LowCardinalityColumn()));
        number.append(1);
        text.append("ü");
        names.element().append("x");
        names.element().append("y");
        names.element().append("x");
        names.endRow();
        number.append(0x01020304);
        text.appendEmpty();
        names.endRow();

        String expected = "03" + "02"
                // n UInt32
                + "016e" + "0655496e743332" + "01000000" + "04030201"
                // s String
                + "0173" + "06537472696e67" + "02c3bc" + "00"
                // a Array(LowCardinality(String)): version, offsets, flags, 2 keys, 3 indices
                + "0161" + "1d4172726179284c6f7743617264696e616c69747928537472696e672929"
                + "0100000000000000" + "0300000000000000" + "0300000000000000"
                + "0006000000000000" + "0200000000000000" + "0178" + "0179"
                + "0300000000000000" + "000100";
        assertThat(HexFormat.of().formatHex(encode(block))).isEqualTo(expected);
    }

    @Test
    void encodesTheSameBytesAgain() {
        NativeBlock block = new NativeBlock();
        MapColumn map = block.add("m", new MapColumn());
        map.put("k", "v");
        map.endRow();
        byte[] first = encode(block);
        assertThat(encode(block)).isEqualTo(first);
        block.clear();
        map.put("k", "v");
        map.endRow();
        assertThat(encode(block)).isEqualTo(first);
    }

    @Test
    void refusesColumnsOfUnequalLength() {
        NativeBlock block = new NativeBlock();
        block.add("a", FixedColumn.uint8()).append(1);
        block.add("b", FixedColumn.uint8());
        assertThatThrownBy(() -> encode(block)).hasMessage("column b has 0 rows, the block has 1");
    }

    @Test
    void rollsBackHalfARow() {
        NativeBlock block = new NativeBlock();
        FixedColumn number = block.add("n", FixedColumn.uint64());
        StringColumn text = block.add("s", new StringColumn());
        MapColumn map = block.add("m", new MapColumn());
        number.append(1);
        text.append("one");
        map.put("k", "v");
        map.endRow();
        block.mark();
        byte[] before = encode(block);
        number.append(2);
        map.put("k", "w");
        block.rollback();
        assertThat(encode(block)).isEqualTo(before);
    }

    @Test
    void writesVarintsAndGrows() {
        ByteSink sink = new ByteSink(0);
        sink.writeVarint(0);
        sink.writeVarint(127);
        sink.writeVarint(128);
        sink.writeVarint(-1);
        assertThat(HexFormat.of().formatHex(sink.toByteArray())).isEqualTo("007f8001ffffffffffffffffff01");
        sink.clear();
        for (int i = 0; i < 1000; i++) {
            sink.writeLong(i);
        }
        assertThat(sink.size()).isEqualTo(8000);
    }
}
