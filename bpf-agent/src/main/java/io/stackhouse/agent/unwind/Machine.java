package io.stackhouse.agent.unwind;

import java.util.Locale;

/**
 * The DWARF numbers of the registers that are followed.
 *
 * @param stackPointer register of the stack pointer
 * @param framePointer register of the frame pointer
 * @param returnAddress column of the return address
 * @param registers how many registers the unwinder has in the leaf frame
 * @param elfMachine {@code e_machine} of its files
 */
record Machine(int stackPointer, int framePointer, int returnAddress, int registers, int elfMachine) {
    static final Machine X86_64 = new Machine(7, 6, 16, 16, 62);
    static final Machine ARM64 = new Machine(31, 29, 30, 32, 183);

    /** The one that this JVM runs on. */
    static Machine own() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return arch.equals("aarch64") ? ARM64 : X86_64;
    }
}
