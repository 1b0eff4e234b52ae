package io.stackhouse.exporter.clickhouse;

/**
 * What became of something that was to be stored.
 *
 * @param isDelivered whether ClickHouse has it
 * @param reason why not, empty when it was delivered
 */
record Outcome(boolean isDelivered, String reason) {
    static final Outcome DELIVERED = new Outcome(true, "");

    static Outcome dropped(String reason) {
        return new Outcome(false, reason);
    }
}
