package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is read of a JVM from outside, against what it says of itself. */
class CompiledMethodsIT {
    /** Compile id, level, state, name, address of the blob, begin and end of the code. */
    private static final Pattern LISTED =
            Pattern.compile("(\\d+) (\\d) \\d (\\S+) \\[0x([0-9a-f]+), 0x([0-9a-f]+) - 0x([0-9a-f]+)]");

    @Test
    void namesEveryCompiledMethodAsTheJvmDoes() throws Exception {
        for (Map.Entry<Integer, Path> jdk : JavaHomes.byRelease().entrySet()) {
            try (JavaTarget target = new JavaTarget(jdk.getValue(), List.of(), JavaLoad.class)) {
                JvmReading reading = new JvmReading(target.pid());
                Jvm jvm = reading.read();
                assertThat(jvm.layout().release).isEqualTo(jdk.getKey());
                int compared = 0;
                for (String line : target.jcmd("Compiler.codelist")) {
                    Matcher listed = LISTED.matcher(line);
                    if (listed.matches() && compare(reading, jvm, listed)) {
                        compared++;
                    }
                }
                assertThat(compared).as("release %d", jdk.getKey()).isGreaterThan(150);
            }
        }
    }

    @Test
    void stopsWhenTheJvmDies() throws Exception {
        try (JavaTarget target = new JavaTarget(Path.of(System.getProperty("java.home")), List.of(), JavaLoad.class)) {
            JvmReading reading = new JvmReading(target.pid());
            Thread killer = new Thread(() -> target.process().destroyForcibly(), "killer");
            int reads = 0;
            try {
                for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end; reads++) {
                    Jvm jvm = reading.read();
                    assertThat(jvm.heaps()).isNotEmpty();
                    if (reads == 3) {
                        killer.start();
                    }
                }
                fail("the JVM was still read after its end");
            } catch (TargetReadException e) {
                assertThat(e).hasMessageContaining("cannot read");
            }
            killer.join();
            assertThat(reads).isGreaterThanOrEqualTo(3);
        }
    }

    /** False if the method was replaced between the list and now. */
    private static boolean compare(JvmReading reading, Jvm jvm, Matcher listed) throws TargetReadException {
        long begin = Long.parseUnsignedLong(listed.group(5), 16);
        reading.memory.attach(reading.source, 1 << 20);
        long blob = jvm.blobOf(reading.memory, begin);
        if (blob == 0 || reading.memory.i32(blob + jvm.layout().compileId) != Integer.parseInt(listed.group(1))) {
            return false;
        }
        assertThat(begin).isGreaterThan(blob);
        Scopes scopes = new Scopes();
        scopes.readMethod(reading.memory, jvm.layout(), blob);
        JavaMethod method = JavaMethod.read(reading.memory, jvm.layout(), scopes.method(0));
        assertThat(method.frame(-1).systemName()).isEqualTo(normalized(listed.group(3)));
        allPlacesBelongToIt(reading, jvm.layout(), blob, scopes.method(0));
        return true;
    }

    private static void allPlacesBelongToIt(JvmReading reading, JvmLayout layout, long blob, long method)
            throws TargetReadException {
        TargetMemory memory = reading.memory;
        Scopes scopes = new Scopes();
        long base = layout.hasImmutableData() ? memory.pointer(blob + layout.immutableData) : blob;
        long code = layout.isCodePointer ? memory.pointer(blob + layout.code) : blob + memory.i32(blob + layout.code);
        int end = memory.i32(blob + layout.scopesPcsEnd);
        for (int at = memory.i32(blob + layout.scopesPcs); at < end; at += layout.pcDescBytes) {
            int pc = memory.i32(base + at + layout.pcDescPc);
            if (pc >= 0 && pc < 1 << 28) {
                scopes.read(memory, layout, blob, code + pc, true);
                if (scopes.depth() > 0) {
                    assertThat(scopes.method(scopes.depth() - 1)).isEqualTo(method);
                }
            }
        }
    }

    private static String normalized(String listed) {
        int parameters = listed.indexOf('(');
        int name = listed.lastIndexOf('.', parameters);
        return JavaNames.ofClass(listed.substring(0, name).replace('.', '/').replace("/0x", "+0x"))
                + listed.substring(name);
    }
}
