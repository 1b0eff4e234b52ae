package io.stackhouse.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AffinityTest {

    @Test
    void readsListsAndRanges() {
        assertThat(Affinity.parse("0-3,8,10-11")).containsExactly(0, 1, 2, 3, 8, 10, 11);
        assertThat(Affinity.parse("5")).containsExactly(5);
    }
}
