package io.stackhouse.agent.elf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** {@code .gnu_debugdata}: an ELF file with a symbol table, compressed with xz, in a program that was stripped otherwise. */
public final class MiniDebugInfo {
    private static final int MAX_PACKED_BYTES = 8 << 20;
    private static final int MAX_BYTES = 24 << 20;
    private static final int MAX_DECODER_KIB = 16 << 10;

    private MiniDebugInfo() {}

    /** The bytes of the file within; null if there is none. More than 24 MiB are refused. */
    public static byte @Nullable [] read(DebugSections sections, ByteWindow window) throws IOException {
        DebugSections.Place place = sections.place(".gnu_debugdata");
        if (place == null) {
            return null;
        }
        if (place.sizeBytes() > MAX_PACKED_BYTES) {
            throw new ElfFormatException(
                    "a .gnu_debugdata of " + place.sizeBytes() + " bytes: " + MAX_PACKED_BYTES + " are allowed");
        }
        byte[] packed = new byte[(int) place.sizeBytes()];
        try {
            window.attach(place.source()).copy(place.offset(), packed);
        } finally {
            window.detach();
        }
        try (XZInputStream in = new XZInputStream(new ByteArrayInputStream(packed), MAX_DECODER_KIB)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ElfFormatException("a .gnu_debugdata of more than " + MAX_BYTES + " bytes once unpacked");
            }
            return bytes;
        } catch (ElfFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ElfFormatException("a damaged .gnu_debugdata: " + e.getMessage());
        }
    }
}
