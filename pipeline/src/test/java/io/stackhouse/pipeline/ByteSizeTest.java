package io.stackhouse.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
    @Test
    void readsBinaryAndDecimalUnits() {
        assertThat(ByteSize.parse("64MiB").bytes()).isEqualTo(64L << 20);
        assertThat(ByteSize.parse("10 MB").bytes()).isEqualTo(10_000_000);
        assertThat(ByteSize.parse("512kib").bytes()).isEqualTo(512 << 10);
        assertThat(ByteSize.parse("7").bytes()).isEqualTo(7);
    }

    @Test
    void writesWhatItReads() {
        assertThat(ByteSize.ofMebibytes(64)).hasToString("64MiB");
        assertThat(new ByteSize(1500)).hasToString("1500B");
        assertThat(ByteSize.parse(new ByteSize(1500).toString()).bytes()).isEqualTo(1500);
    }

    @Test
    void refusesWhatIsNoSize() {
        for (String wrong : new String[] {"", "MiB", "1.5GiB", "-1", "99999999999GiB"}) {
            assertThatThrownBy(() -> ByteSize.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
