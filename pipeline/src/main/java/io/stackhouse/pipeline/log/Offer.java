package io.stackhouse.pipeline.log;

/** What becomes of a request at a journal's door. */
sealed interface Offer {
    /** Its ack will be completed when it is written. */
    record Waits() implements Offer {}

    /** An equal one is durable already. */
    record Duplicate() implements Offer {}

    /** There is no room for it. */
    record Refused(Refusal refusal) implements Offer {}
}
