package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. With CI=true in the environment an unmet need fails; elsewhere the test is skipped, and says on stderr what it
 * missed.
 */
final class Requirement {
    private Requirement() {}

    static void check(boolean isMet, String what) {
        if (isMet) {
            return;
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("CI can't do without: " + what);
        }
        System.err.println("SKIPPED for want of: " + what);
        Assumptions.abort("needs " + what);
    }
}
