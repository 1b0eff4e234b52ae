package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EncodedAttributesTest {
    @Test
    void holdsKeyLengthAndValueByRisingKey() {
        byte[] encoded = EncodedAttributes.NONE
                .with(7, "/ä")
                .with(2, "GET")
                .with(7, "/b")
                .encoded();
        assertThat(encoded).containsExactly(2, 3, 'G', 'E', 'T', 7, 2, '/', 'b');
    }

    @Test
    void cutsAValueBeforeTheCharacterThatPasses255Bytes() {
        String value = "x".repeat(253) + "😀";
        byte[] encoded = EncodedAttributes.NONE.with(0, value).encoded();
        assertThat(Byte.toUnsignedInt(encoded[1])).isEqualTo(253);
        assertThat(new String(Arrays.copyOfRange(encoded, 2, encoded.length), StandardCharsets.UTF_8))
                .isEqualTo("x".repeat(253));
        assertThat(EncodedAttributes.NONE.with(0, "é".repeat(300)).encoded()).hasSize(2 + 254);
    }

    @Test
    void leavesOutWhatTheRecordHasNoRoomFor() {
        EncodedAttributes full = EncodedAttributes.NONE
                .with(0, "a".repeat(255))
                .with(1, "b".repeat(255))
                .with(2, "c".repeat(255))
                .with(3, "d");
        assertThat(full.encoded()).hasSize(257 + 257 + 3);
        assertThat(full.encoded()[257 + 257]).isEqualTo((byte) 3);
    }

    @Test
    void replacesHalfACharacter() {
        assertThat(EncodedAttributes.NONE.with(0, "\ud83dx").encoded()).containsExactly(0, 2, '?', 'x');
    }

    @Test
    void isTakenFromTheCacheWhenItWasEncodedBefore() {
        AttributeCache cache = new AttributeCache();
        EncodedAttributes first = cache.with(EncodedAttributes.NONE, 0, "/a");
        assertThat(cache.with(EncodedAttributes.NONE, 0, new String("/a".toCharArray())))
                .isSameAs(first);
        assertThat(cache.with(first, 0, "/a")).isSameAs(first);
        assertThat(cache.with(EncodedAttributes.NONE, 1, "/a").encoded()[0]).isEqualTo((byte) 1);
    }
}
