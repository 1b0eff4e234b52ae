package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;

/**
 * What a common information entry (CIE) says for the functions that refer to it.
 *
 * @param codeAlignment factor of advances
 * @param dataAlignment factor of offsets
 * @param returnAddress column of the return address
 * @param pointerEncoding of the functions' addresses
 * @param hasAugmentation whether the functions' entries have data of their own before the instructions
 * @param isSignal whether the functions are frames that a signal handler returns to
 * @param instructions where the instructions begin in the file
 * @param end where they end
 */
record CommonEntry(
        long codeAlignment,
        long dataAlignment,
        long returnAddress,
        int pointerEncoding,
        boolean hasAugmentation,
        boolean isSignal,
        long instructions,
        long end) {
    private static final int MAX_AUGMENTATION = 16;

    /** Reads the entry that begins at a place of the file with its length. */
    static CommonEntry read(FrameBytes in, long position, long sectionEnd, long addressOfFile) throws IOException {
        in.seek(position, sectionEnd);
        long length = in.u32();
        if (length == 0 || length == 0xffff_ffffL) {
            throw new ElfFormatException("no common entry at " + position);
        }
        long end = in.position() + length;
        in.limit(end);
        if (in.i32() != 0) {
            throw new ElfFormatException("no common entry at " + position);
        }
        int version = in.u8();
        if (version != 1 && version != 3 && version != 4) {
            throw new ElfFormatException("version " + version + " of frame information");
        }
        String augmentation = augmentation(in);
        if (version == 4) {
            in.skip(2);
        }
        long codeAlignment = in.uleb();
        long dataAlignment = in.sleb();
        long returnAddress = version == 1 ? in.u8() : in.uleb();
        int encoding = 0;
        if (augmentation.startsWith("z")) {
            long dataEnd = in.uleb() + in.position();
            encoding = encoding(in, augmentation, addressOfFile);
            in.skip(dataEnd - in.position());
        }
        return new CommonEntry(
                codeAlignment,
                dataAlignment,
                returnAddress,
                encoding,
                augmentation.startsWith("z"),
                augmentation.indexOf('S') > 0,
                in.position(),
                end);
    }

    private static String augmentation(FrameBytes in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.u8(); c != 0; c = in.u8()) {
            if (text.length() == MAX_AUGMENTATION) {
                throw new ElfFormatException("augmentation of frame information is too long");
            }
            text.append((char) c);
        }
        if (text.length() > 0 && text.charAt(0) != 'z') {
            throw new ElfFormatException("augmentation " + text + " of frame information");
        }
        return text.toString();
    }

    /** Of the functions' addresses, from the augmentation's data. */
    private static int encoding(FrameBytes in, String augmentation, long addressOfFile) throws IOException {
        int encoding = 0;
        for (int i = 1; i < augmentation.length(); i++) {
            switch (augmentation.charAt(i)) {
                case 'R' -> encoding = in.u8();
                case 'L' -> in.skip(1);
                case 'P' -> {
                    int own = in.u8();
                    // Where it points to does not matter, and may be indirect.
                    in.pointer(own & 0x0f, addressOfFile, 0);
                }
                case 'S', 'B', 'G' -> {}
                default -> {
                    return encoding;
                }
            }
        }
        return encoding;
    }
}
