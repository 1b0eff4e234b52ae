package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.Configured;
import io.stackhouse.collector.config.PipelineConfig;
import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.DoorKeeper;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.ring.Pipeline;
import io.stackhouse.pipeline.ring.Stages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The components of one configuration, and what they were made of, so that the next configuration can go on with those that stay the
 * same. Filled by {@link PartsBuilder}, then not changed; one thread.
 */
final class Parts {
    final Map<ComponentId, Made<Extension>> extensions = new LinkedHashMap<>();

    /** What receivers know of the authenticators among the extensions; the same over reloads. */
    final Map<ComponentId, AuthenticatorDoor> authenticators = new LinkedHashMap<>();

    final Map<ComponentId, Destination> destinations = new LinkedHashMap<>();
    final Map<String, Line> lines = new LinkedHashMap<>();
    final Map<ComponentId, Entrance> entrances = new LinkedHashMap<>();

    /** Whether what is made of both is the same. */
    static boolean areAlike(Configured<?> one, Configured<?> other) {
        return one.factory().getClass() == other.factory().getClass()
                && one.settings().equals(other.settings());
    }

    /**
     * One component.
     *
     * @param name for messages, such as {@code exporter clickhouse}
     * @param configured what it was made of
     */
    record Made<C extends Component>(String name, Configured<?> configured, C component) {
        /** Whether another one made of this would be the same. */
        boolean isMadeOf(Configured<?> other) {
            return areAlike(configured, other);
        }

        Stage stage() {
            return new Stage(name, component);
        }
    }

    /** One component that is started and closed, and its name for messages. */
    record Stage(String name, Component component) {}

    /**
     * An exporter.
     *
     * @param door lets one batch at a time in, whichever pipeline brings it
     */
    record Destination(Made<Exporter> exporter, Consumer door) {}

    /**
     * What a pipeline's lanes run.
     *
     * @param processors what they were made of, in their order
     * @param keepers those that decide at the pipeline's door, in their order; of the first lane alone
     * @param components of all lanes, downstream first: processors, and the rings between them
     * @param ends where the last ones hand on
     * @param lanes what each runs
     */
    record Chain(
            List<Configured<ProcessorFactory<?>>> processors,
            List<DoorKeeper> keepers,
            List<Stage> components,
            List<Destination> ends,
            List<Stages> lanes) {}

    /**
     * A pipeline. Journal and pipeline stay when only its chain is another.
     *
     * @param config with the sizes that are in use
     */
    record Line(PipelineConfig config, Journals.Plan plan, Journal journal, Pipeline pipeline, Chain chain) {}

    /**
     * A receiver.
     *
     * @param gate what it hands requests to, the same over reloads
     * @param targets the pipelines that should be behind the gate
     */
    record Entrance(Made<ReceiverRun> receiver, Gate gate, Map<Signal, Inlet> targets) {}

    /**
     * All of them, downstream first: started in this order, closed in the reverse one. Journals come before the exporters, which
     * settle what they can when they are closed.
     */
    List<Stage> downstreamFirst() {
        List<Stage> stages = new ArrayList<>();
        extensions.values().forEach(made -> stages.add(made.stage()));
        lines.values()
                .forEach(line ->
                        stages.add(new Stage("journal of " + line.config().id(), line.journal())));
        destinations
                .values()
                .forEach(destination -> stages.add(destination.exporter().stage()));
        for (Line line : lines.values()) {
            stages.addAll(line.chain().components());
            stages.add(new Stage("pipeline " + line.config().id(), line.pipeline()));
        }
        entrances.values().forEach(entrance -> stages.add(entrance.receiver().stage()));
        return stages;
    }

    /**
     * Sends what comes from now on through these parts: every pipeline that stays gets its chain, then every receiver its pipelines. Fails at
     * nothing; waits for the batch that a pipeline is at.
     */
    void takeOver() {
        extensions.forEach((id, made) -> {
            AuthenticatorDoor door = authenticators.get(id);
            if (door != null && made.component() instanceof Authenticator authenticator) {
                door.exchange(authenticator);
            }
        });
        lines.values().forEach(line -> line.pipeline().exchange(line.chain().lanes()));
        entrances.values().forEach(entrance -> entrance.gate().exchange(entrance.targets()));
    }
}
