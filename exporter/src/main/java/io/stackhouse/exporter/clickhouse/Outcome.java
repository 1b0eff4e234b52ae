package io.stackhouse.exporter.clickhouse;

/**
 * What became of something that was to be stored.
 *
 * @param isDelivered whether ClickHouse has it
 * @param isReturned whether it was not delivered only because the exporter ends
 * @param reason why not, empty when it was delivered
 */
record Outcome(boolean isDelivered, boolean isReturned, String reason) {
    static final Outcome DELIVERED = new Outcome(true, false, "");

    static Outcome dropped(String reason) {
        return new Outcome(false, false, reason);
    }

    static Outcome returned(String reason) {
        return new Outcome(false, true, reason);
    }
}
