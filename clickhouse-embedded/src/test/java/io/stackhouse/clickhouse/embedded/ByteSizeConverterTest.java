package io.stackhouse.clickhouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

final class ByteSizeConverterTest {

    private final ByteSizeConverter converter = new ByteSizeConverter();

    @Test
    void readsBinaryUnitsAndPlainBytes() {
        assertThat(converter.convert("512MiB")).isEqualTo(536_870_912L);
        assertThat(converter.convert("2GiB")).isEqualTo(2_147_483_648L);
        assertThat(converter.convert("268435456")).isEqualTo(268_435_456L);
        assertThat(converter.convert("262144KiB")).isEqualTo(268_435_456L);
    }

    @Test
    void refusesWhatIsNoSizeAndSaysHowToWriteOne() {
        assertThatThrownBy(() -> converter.convert("2 GB"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'2 GB' is not a size; write it as 512MiB or 2GiB");
    }

    @Test
    void refusesTooLittleMemoryAndTooMuch() {
        assertThatThrownBy(() -> converter.convert("255MiB"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("256MiB");
        assertThatThrownBy(() -> converter.convert("99999999999TiB")).isInstanceOf(TypeConversionException.class);
    }
}
