package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.process.ByteLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KallsymsReaderTest {
    @Test
    void takesFunctionsSortedWithTheBestNameOfEachAddress() throws IOException {
        KernelSymbols symbols = read("""
                ffffffff81000000 T _stext
                ffffffff81000000 T _text
                ffffffff81000000 T startup
                ffffffff810000f0 t __pfx_second
                ffffffff81000100 t local_name
                ffffffff81000100 T second
                ffffffff81000200 D not_code
                ffffffff82000000 T _etext
                ffffffff83000000 T _sinittext
                ffffffff83000100 t given_back
                ffffffff83001000 T _einittext
                ffffffffc0100000 t module_function\t[ext4]
                ffffffffc0000000 t bpf_prog_1234567890abcdef_probe\t[bpf]
                """);

        assertThat(symbols.count()).isEqualTo(6);
        assertThat(symbols.name(symbols.floor(0xffffffff81000000L))).isEqualTo("startup");
        assertThat(symbols.name(symbols.floor(0xffffffff81000150L))).isEqualTo("second");
        assertThat(symbols.floor(0xffffffff80ffffffL)).isEqualTo(-1);
        assertThat(symbols.isText(0xffffffff81ffffffL)).isTrue();
        assertThat(symbols.isText(0xffffffff82000000L)).isFalse();
        assertThat(symbols.textBytes()).isEqualTo(0x1000000);
        assertThat(symbols.owner(symbols.floor(0xffffffff81000150L))).isNull();
        assertThat(symbols.owner(symbols.floor(0xffffffffc0000010L))).isEqualTo("bpf");
        assertThat(symbols.owner(symbols.floor(0xffffffffc0100010L))).isEqualTo("ext4");
        assertThat(symbols.name(symbols.floor(0xffffffffc0100010L))).isEqualTo("module_function");
    }

    @Test
    void isEmptyWhenAddressesAreHidden() throws IOException {
        assertThat(read("0000000000000000 T _text\n0000000000000000 T schedule\n"))
                .isSameAs(KernelSymbols.NONE);
    }

    @Test
    void survivesNonsense() throws IOException {
        assertThat(read("\n\nT\nffff\nffffffff81000000\nffffffff81000000 T\nffffffff81000000 T  \n")
                        .count())
                .isZero();
    }

    private static KernelSymbols read(String text) throws IOException {
        return new KallsymsReader()
                .read(new ByteLines(4096).open(ByteSource.of(text.getBytes(StandardCharsets.UTF_8)), 0, 1 << 20, '\n'));
    }
}
