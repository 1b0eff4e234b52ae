package io.stackhouse.pipeline.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.TooLargeException;
import org.junit.jupiter.api.Test;

class MemoryLeaseTest {
    private final MemoryBudget budget = new MemoryBudget(100);

    @Test
    void whatIsGivenBackIsThereForOthers() {
        MemoryLease first = budget.open();
        MemoryLease second = budget.open();
        first.charge(80);
        assertThatThrownBy(() -> second.charge(30)).isInstanceOf(RefusedException.class);
        first.release(20);
        second.charge(30);
        assertThat(budget.usedBytes()).isEqualTo(90);
        first.close();
        assertThat(budget.usedBytes()).isEqualTo(30);
    }

    @Test
    void whatCouldNeverFitIsTooLarge() {
        MemoryLease lease = budget.open();
        lease.charge(60);
        assertThatThrownBy(() -> lease.charge(41)).isInstanceOf(TooLargeException.class);
        assertThat(lease.bytes()).isEqualTo(60);
    }

    @Test
    void aClosedLeaseGivesNothingBackTwiceAndTakesNothing() {
        MemoryLease lease = budget.open();
        lease.charge(60);
        lease.close();
        lease.release(10);
        lease.close();
        assertThat(budget.usedBytes()).isZero();
        assertThatThrownBy(() -> lease.charge(1)).isInstanceOf(IllegalStateException.class);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void moreThanIsChargedCanNotBeGivenBack() {
        MemoryLease lease = budget.open();
        lease.charge(5);
        assertThatThrownBy(() -> lease.release(6)).isInstanceOf(IllegalArgumentException.class);
        assertThat(budget.usedBytes()).isEqualTo(5);
    }
}
