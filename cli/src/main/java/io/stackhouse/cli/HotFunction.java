package io.stackhouse.cli;

/**
 * One line of the table.
 *
 * @param selfPercent CPU time sampled in the function itself, of all that was sampled, 0 to 100
 * @param totalPercent the same with what it called
 */
record HotFunction(String service, String function, double selfPercent, double totalPercent) {}
