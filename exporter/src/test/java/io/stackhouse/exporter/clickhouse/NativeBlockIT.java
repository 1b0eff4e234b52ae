package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import io.stackhouse.exporter.clickhouse.block.ArrayColumn;
import io.stackhouse.exporter.clickhouse.block.Column;
import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.MapColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeBlockIT {
    @TempDir
    static Path data;

    private static TestClickHouse clickHouse;
    private static ClickHouseClient client;

    @BeforeAll
    static void start() {
        assumeTrue(EmbeddedClickHouse.isAvailable());
        clickHouse = new TestClickHouse(data);
        clickHouse.lines("CREATE DATABASE native");
        client = new ClickHouseClient(clickHouse.config("native"));
    }

    @AfterAll
    static void stop() {
        if (clickHouse != null) {
            client.close();
            clickHouse.close();
        }
    }

    /** Inserts one column into a table of exactly its type, each way of compression twice, and reads it back as text. */
    private static List<String> roundTrip(Column column) {
        String table = "t" + clickHouse.value("SELECT count() FROM system.tables WHERE database = 'native'");
        clickHouse.lines("CREATE TABLE native." + table + " (n UInt64, v " + column.type()
                + ") ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100");
        NativeBlock block = new NativeBlock();
        FixedColumn number = block.add("n", FixedColumn.uint64());
        block.add("v", column);
        for (int i = 0; i < column.rows(); i++) {
            number.append(i);
        }
        for (ClickHouseConfig.Compress compress : ClickHouseConfig.Compress.values()) {
            List<Block> blocks = new ArrayList<>();
            new BlockEncoder(compress).addBlock(table, block, blocks);
            client.insert(blocks.get(0));
            client.insert(blocks.get(0));
        }
        List<String> twice = clickHouse.lines("SELECT v FROM native." + table + " ORDER BY n");
        List<String> once = new ArrayList<>();
        for (int i = 0; i < twice.size(); i += 2) {
            assertThat(twice.get(i)).isEqualTo(twice.get(i + 1));
            once.add(twice.get(i));
        }
        return once;
    }

    @Test
    void storesNumbers() {
        FixedColumn bytes = FixedColumn.uint8();
        bytes.append(0);
        bytes.append(255);
        assertThat(roundTrip(bytes)).containsExactly("0", "255");
        FixedColumn ints = FixedColumn.uint32();
        ints.append(7);
        ints.append(0xFFFFFFFFL);
        assertThat(roundTrip(ints)).containsExactly("7", "4294967295");
        FixedColumn unsigned = FixedColumn.uint64();
        unsigned.append(1);
        unsigned.append(-1);
        assertThat(roundTrip(unsigned)).containsExactly("1", "18446744073709551615");
        FixedColumn signed = FixedColumn.int64();
        signed.append(Long.MIN_VALUE);
        signed.append(Long.MAX_VALUE);
        assertThat(roundTrip(signed)).containsExactly("-9223372036854775808", "9223372036854775807");
        FixedColumn flags = FixedColumn.bool();
        flags.append(1);
        flags.append(0);
        assertThat(roundTrip(flags)).containsExactly("true", "false");
    }

    @Test
    void storesWhatCannotBeCompressed() {
        FixedColumn column = FixedColumn.uint64();
        Random random = new Random(42);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong();
            column.append(value);
            expected.add(Long.toUnsignedString(value));
        }
        assertThat(roundTrip(column)).isEqualTo(expected);
    }

    @Test
    void storesTimes() {
        FixedColumn nanos = FixedColumn.dateTime64Utc();
        nanos.append(1_700_000_000_123_456_789L);
        assertThat(roundTrip(nanos)).containsExactly("2023-11-14 22:13:20.123456789");
        FixedColumn seconds = FixedColumn.dateTimeUtc();
        seconds.append(1_700_000_000L);
        seconds.append(4_000_000_000L);
        assertThat(roundTrip(seconds)).containsExactly("2023-11-14 22:13:20", "2096-10-02 07:06:40");
        FixedColumn days = FixedColumn.date();
        days.append(19_675);
        days.append(40_000);
        assertThat(roundTrip(days)).containsExactly("2023-11-14", "2079-07-08");
    }

    @Test
    void storesStrings() {
        StringColumn column = new StringColumn();
        column.append("plain");
        column.append("grüße 🙂 \uD800");
        column.appendEmpty();
        column.append("x".repeat(300));
        column.appendHex(0x0102030405060708L);
        column.appendHex(0xABCDEF0102030405L, 1);
        column.appendHex(new byte[] {(byte) 0xFF, 0});
        assertThat(roundTrip(column))
                .containsExactly(
                        "plain",
                        "grüße 🙂 ?",
                        "",
                        "x".repeat(300),
                        "0102030405060708",
                        "abcdef01020304050000000000000001",
                        "ff00");
    }

    @Test
    void storesLowCardinalityOfEveryIndexWidth() {
        for (int distinct : new int[] {1, 256, 257, 65_536, 65_537}) {
            LowCardinalityColumn column = new LowCardinalityColumn();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < distinct; i++) {
                expected.add(String.format(Locale.ROOT, "key %d", i));
                column.append(expected.get(i));
            }
            column.append("key 0");
            expected.add("key 0");
            assertThat(roundTrip(column)).as("%d keys", distinct).isEqualTo(expected);
        }
    }

    @Test
    void storesArrays() {
        ArrayColumn<LowCardinalityColumn> texts = new ArrayColumn<>(new LowCardinalityColumn());
        texts.endRow();
        texts.element().append("a");
        texts.element().append("b");
        texts.element().append("a");
        texts.endRow();
        texts.endRow();
        assertThat(roundTrip(texts)).containsExactly("[]", "['a','b','a']", "[]");
        ArrayColumn<FixedColumn> numbers = new ArrayColumn<>(FixedColumn.uint64());
        numbers.element().append(5);
        numbers.endRow();
        numbers.endRow();
        assertThat(roundTrip(numbers)).containsExactly("[5]", "[]");
    }

    @Test
    void storesArraysThatAreAllEmpty() {
        ArrayColumn<LowCardinalityColumn> texts = new ArrayColumn<>(new LowCardinalityColumn());
        texts.endRow();
        texts.endRow();
        assertThat(roundTrip(texts)).containsExactly("[]", "[]");
        MapColumn maps = new MapColumn();
        maps.endRow();
        assertThat(roundTrip(maps)).containsExactly("{}");
    }

    @Test
    void storesMapsAndArraysOfMaps() {
        MapColumn maps = new MapColumn();
        maps.put("k", "v");
        maps.put("other", "it's");
        maps.endRow();
        maps.endRow();
        maps.put("k", "");
        maps.endRow();
        assertThat(roundTrip(maps)).containsExactly("{'k':'v','other':'it\\'s'}", "{}", "{'k':''}");
        ArrayColumn<MapColumn> nested = new ArrayColumn<>(new MapColumn());
        nested.element().put("a", "1");
        nested.element().endRow();
        nested.element().endRow();
        nested.endRow();
        nested.endRow();
        assertThat(roundTrip(nested)).containsExactly("[{'a':'1'},{}]", "[]");
    }

    @Test
    void aClearedBlockIsFilledAnew() {
        LowCardinalityColumn column = new LowCardinalityColumn();
        column.append("gone");
        column.clear();
        column.append("stays");
        column.mark();
        column.append("rolled back");
        column.rollback();
        assertThat(roundTrip(column)).containsExactly("stays");
    }
}
