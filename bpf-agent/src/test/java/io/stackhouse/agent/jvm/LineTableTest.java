package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import org.junit.jupiter.api.Test;

class LineTableTest {
    @Test
    void findsTheLineOfTheLastRowAtOrBeforeAnIndex() throws Exception {
        // Steps of (0, +5), (3, +1), an escape of (+100, -4) as signed numbers, the end.
        LineTable table = table(0, 0x05, 3 << 3 | 1, 0xff, 0xc8, 0, 7, 0);

        assertThat(table.line(0)).isEqualTo(5);
        assertThat(table.line(2)).isEqualTo(5);
        assertThat(table.line(3)).isEqualTo(6);
        assertThat(table.line(102)).isEqualTo(6);
        assertThat(table.line(103)).isEqualTo(2);
        assertThat(table.line(5000)).isEqualTo(2);
        assertThat(table.line(-1)).isZero();
    }

    @Test
    void readsNumbersWithoutZeroBytes() throws Exception {
        assertThat(number(0, 191)).isEqualTo(191);
        assertThat(number(0, 192, 1)).isEqualTo(192 + 64);
        assertThat(number(1, 1)).isZero();
        assertThat(number(1, 192, 1)).isEqualTo(191);
    }

    private static LineTable table(int excluded, int... bytes) throws TargetReadException {
        return LineTable.read(new VariableLengthNumbers(memory(bytes), 4096, excluded));
    }

    private static int number(int excluded, int... bytes) throws TargetReadException {
        return new VariableLengthNumbers(memory(bytes), 4096, excluded).unsigned();
    }

    private static TargetMemory memory(int... bytes) {
        return new TargetMemory()
                .attach(
                        (address, into) -> {
                            for (int i = 0; i < bytes.length && address == 4096; i++) {
                                into[i] = (byte) bytes[i];
                            }
                            return true;
                        },
                        10);
    }
}
