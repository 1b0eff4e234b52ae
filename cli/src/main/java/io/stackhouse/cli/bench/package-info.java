/**
 * {@code ./stackhouse bench}: how fast the parts are on this machine, each figure beside a yardstick of the same run.
 *
 * <pre>
 *   BenchCommand ─▶ Bench ─┬─ PipelineBench   real collectors, one for each stage, under the load generator; yardsticks in the same rounds
 *                          ├─ StoreBench      bytes per sample and the questions of docs/sql.md
 *                          └─ AgentBench      the eBPF agent with few and many busy processes
 *                                 │
 *                                 ▼
 *                          Results: a Series per figure, a value per round ─▶ ResultTable, ResultJson
 * </pre>
 *
 * <p>Nothing is measured once. A part runs rounds, and within a round all stages and yardsticks take turns, so that a change of the machine's speed meets all of them; a figure is the median of its rounds, with
 * the least and the greatest, and its ratio is made of the two values of one round each. What moved more than 10 % between rounds is said so.
 *
 * <p>All programs are children that end with this one, whatever ends it; everything listens on loopback; what they write lies in one folder that is removed at the end.
 */
@NullMarked
package io.stackhouse.cli.bench;

import org.jspecify.annotations.NullMarked;
