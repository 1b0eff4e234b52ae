package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JavaNamesTest {
    @Test
    void leavesOutWhatDiffersBetweenRuns() {
        assertThat(JavaNames.ofClass("java/util/Map$Entry")).isEqualTo("java.util.Map$Entry");
        assertThat(JavaNames.ofClass("p/Main$$Lambda$14+0x0000000800c03000")).isEqualTo("p.Main$$Lambda");
        assertThat(JavaNames.ofClass("p/Main$$Lambda+0x00007f0a01000400")).isEqualTo("p.Main$$Lambda");
        assertThat(JavaNames.ofClass("p/Main$$Lambda/0x00007f0a01000400")).isEqualTo("p.Main$$Lambda");
        assertThat(JavaNames.ofClass("java/lang/invoke/LambdaForm$MH+0x00f"))
                .isEqualTo("java.lang.invoke.LambdaForm$MH");
        assertThat(JavaNames.ofClass("jdk/proxy1/$Proxy12")).isEqualTo("jdk.proxy1.$Proxy");
        assertThat(JavaNames.ofClass("jdk/internal/reflect/GeneratedMethodAccessor7"))
                .isEqualTo("jdk.internal.reflect.GeneratedMethodAccessor");
        assertThat(JavaNames.ofClass("p/Box0x12")).isEqualTo("p.Box0x12");
        assertThat(JavaNames.ofClass("p/$ProxyFactory")).isEqualTo("p.$ProxyFactory");
    }
}
