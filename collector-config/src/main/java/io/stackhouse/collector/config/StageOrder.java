package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ComponentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which orders of processors make no sense, by their types. Some can't give right results and are errors, others work and are
 * probably not meant. A table, so that no processor need know another. Immutable.
 */
final class StageOrder {
    private static final String BATCHES_SHRINK = "batches get smaller again; put batch last";

    /** One rule for each pair of types; of several that a processor breaks, the first is told. */
    private static final List<Rule> RULES = List.of(
            new Rule(
                    "aggregate",
                    Set.of("downsample"),
                    true,
                    "its sums would be those of the samples that were kept; put aggregate before downsample"),
            new Rule(
                    "filter",
                    Set.of("downsample"),
                    false,
                    "the sampling budget is spent on samples that are dropped afterwards; put filter before downsample"),
            new Rule(
                    "service_name",
                    Set.of("aggregate", "downsample"),
                    false,
                    "services are told apart there and have no name yet; put service_name before it"),
            new Rule("aggregate", Set.of("batch"), false, BATCHES_SHRINK),
            new Rule("downsample", Set.of("batch"), false, BATCHES_SHRINK),
            new Rule("filter", Set.of("batch"), false, BATCHES_SHRINK));

    private StageOrder() {}

    /**
     * {@code type} should not come after any of {@code before}.
     *
     * @param isError whether results would be wrong, else it is a warning
     * @param why what is wrong, and what would do
     */
    private record Rule(String type, Set<String> before, boolean isError, String why) {
        boolean isBroken(Stage stage, Stage earlier) {
            return type.equals(stage.type()) && before.contains(earlier.type());
        }
    }

    /** One processor of a pipeline: its id, and the type that its factory has, whatever the file calls it. */
    record Stage(ComponentId id, String type) {}

    /** Something wrong with the order: {@code index} of the processor in the pipeline's list. */
    record Finding(int index, boolean isError, String message) {}

    /** At most one for each processor. */
    static List<Finding> findings(List<Stage> stages) {
        List<Finding> findings = new ArrayList<>();
        for (int i = 1; i < stages.size(); i++) {
            Finding finding = finding(stages, i);
            if (finding != null) {
                findings.add(finding);
            }
        }
        return findings;
    }

    private static @Nullable Finding finding(List<Stage> stages, int index) {
        Stage stage = stages.get(index);
        for (Rule rule : RULES) {
            for (Stage earlier : stages.subList(0, index)) {
                if (rule.isBroken(stage, earlier)) {
                    String message =
                            "processor \"" + stage.id() + "\" comes after \"" + earlier.id() + "\": " + rule.why();
                    return new Finding(index, rule.isError(), message);
                }
            }
        }
        return null;
    }
}
