package io.stackhouse.pipeline.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import org.junit.jupiter.api.Test;

/** The vectors here are stored in databases: when one of them changes, StackHash needs a new version. */
class StackHasherTest {
    private final ProfilesEncoder encoder = new ProfilesEncoder();

    @Test
    void keepsItsVectors() {
        int stack = encoder.stack(new int[] {nativeFrame("main", 42), jvmFrame("Foo.bar", 7)}, 2);

        assertThat(Long.toHexString(hash(stack))).isEqualTo("50597ee8f41f33d9");
        assertThat(hash(0)).isZero();
    }

    @Test
    void isTheSameWhetherANativeFrameHasANameOrNot() {
        int named = encoder.stack(new int[] {nativeFrame("main", 42)}, 1);
        int nameless = encoder.stack(new int[] {nativeFrame("", 0)}, 1);

        StackHasher hasher = new StackHasher(dictionary());

        assertThat(named).isNotEqualTo(nameless);
        assertThat(hasher.hash(named)).isEqualTo(hasher.hash(nameless));
    }

    @Test
    void dependsOnOrderAndLineOfManagedFrames() {
        int a = jvmFrame("A.a", 1);
        int b = jvmFrame("B.b", 2);
        int ab = encoder.stack(new int[] {a, b}, 2);
        int ba = encoder.stack(new int[] {b, a}, 2);
        int otherLine = encoder.stack(new int[] {jvmFrame("A.a", 3), b}, 2);

        StackHasher hasher = new StackHasher(dictionary());

        assertThat(hasher.hash(ab)).isNotEqualTo(hasher.hash(ba)).isNotEqualTo(hasher.hash(otherLine));
    }

    @Test
    void doesNotDependOnTheAddressOfAManagedFrame() {
        int type = encoder.attribute(FrameAttributes.FRAME_TYPE, "jvm");
        int function = encoder.function(encoder.string("A.a"), 0, 0, 0);
        int here = encoder.stack(new int[] {encoder.location(0, 0x7f00_0000, function, 1, type)}, 1);
        int there = encoder.stack(new int[] {encoder.location(0, 0x7f11_0000, function, 1, type)}, 1);

        StackHasher hasher = new StackHasher(dictionary());

        assertThat(hasher.hash(here)).isEqualTo(hasher.hash(there));
    }

    @Test
    void doesNotDependOnWhereAFileWithoutBuildIdIsLoaded() {
        int here = encoder.mapping(0x1000, 0x5000, 0, encoder.string("libx.so"));
        int there = encoder.mapping(0x9000, 0xd000, 0, encoder.string("libx.so"));
        int low = encoder.stack(new int[] {encoder.location(here, 0x1234, 0, 0)}, 1);
        int high = encoder.stack(new int[] {encoder.location(there, 0x9234, 0, 0)}, 1);

        StackHasher hasher = new StackHasher(dictionary());

        assertThat(hasher.hash(low)).isEqualTo(hasher.hash(high));
    }

    @Test
    void normalizesGeneratedNames() {
        assertThat(GeneratedNames.normalized("Foo$$Lambda$14/0x00007f12ab.run")).isEqualTo("Foo$$Lambda.run");
        assertThat(GeneratedNames.normalized("Foo$$Lambda/0x0a.run")).isEqualTo("Foo$$Lambda.run");
        assertThat(GeneratedNames.normalized("Foo$$Lambda.apply")).isEqualTo("Foo$$Lambda.apply");
        assertThat(GeneratedNames.normalized("jdk.internal.reflect.GeneratedMethodAccessor17.invoke"))
                .isEqualTo("jdk.internal.reflect.GeneratedMethodAccessor.invoke");
        assertThat(GeneratedNames.normalized("com.sun.proxy.$Proxy12.call")).isEqualTo("com.sun.proxy.$Proxy.call");
        assertThat(GeneratedNames.normalized("java.lang.invoke.LambdaForm$MH/0x00000001000c4000.invoke"))
                .isEqualTo("java.lang.invoke.LambdaForm$MH.invoke");
        assertThat(GeneratedNames.normalized("a.$ProxyFactory.get")).isEqualTo("a.$ProxyFactory.get");
        assertThat(GeneratedNames.normalized("main")).isEqualTo("main");
    }

    private int nativeFrame(String name, long line) {
        int buildId = encoder.attribute(FrameAttributes.GNU_BUILD_ID, "00112233");
        int mapping = encoder.mapping(0x1000, 0x2000, 0, encoder.string("/bin/x"), buildId);
        int function = name.isEmpty() ? 0 : encoder.function(encoder.string(name), 0, 0, 0);
        return encoder.location(
                mapping, 0x1234, function, line, encoder.attribute(FrameAttributes.FRAME_TYPE, "native"));
    }

    private int jvmFrame(String name, long line) {
        int function = encoder.function(encoder.string(name), 0, encoder.string("Foo.java"), 0);
        return encoder.location(0, 0, function, line, encoder.attribute(FrameAttributes.FRAME_TYPE, "jvm"));
    }

    private long hash(int stack) {
        return new StackHasher(dictionary()).hash(stack);
    }

    private Dictionary dictionary() {
        encoder.beginResource();
        encoder.beginScope("", "");
        encoder.beginProfile(new ProfileHeading("", "", "", "", 0, 0, 0, new byte[0]));
        return ProfilesDecoder.forVersion(1)
                .decode(encoder.toByteArray(), 0, MemoryLease.counting())
                .batch()
                .dictionary();
    }
}
