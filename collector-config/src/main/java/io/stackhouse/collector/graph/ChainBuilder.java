package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.Configured;
import io.stackhouse.collector.config.PipelineConfig;
import io.stackhouse.collector.graph.Parts.Chain;
import io.stackhouse.collector.graph.Parts.Destination;
import io.stackhouse.collector.graph.Parts.Stage;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.DoorKeeper;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.ring.Fanout;
import io.stackhouse.pipeline.ring.RingSettings;
import io.stackhouse.pipeline.ring.Stages;
import io.stackhouse.pipeline.ring.StagesBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes the processors of a pipeline, for each of its lanes, from the end to the head. Starts nothing. One use, one thread. */
final class ChainBuilder {
    private final PipelineConfig pipeline;
    private final CollectorConfig config;
    private final Workshop workshop;
    private final RingSettings ring;
    private final List<StagesBuilder> lanes = new ArrayList<>();
    private final List<Configured<ProcessorFactory<?>>> processors = new ArrayList<>();
    private final List<DoorKeeper> keepers = new ArrayList<>();
    private final List<Stage> components = new ArrayList<>();

    /** @param ring that the pipeline has, whatever its configuration says by now */
    ChainBuilder(PipelineConfig pipeline, RingSettings ring, CollectorConfig config, Workshop workshop) {
        this.pipeline = pipeline;
        this.ring = ring;
        this.config = config;
        this.workshop = workshop;
    }

    Chain build(List<Destination> ends) {
        Consumer end = new Fanout(ends.stream().map(Destination::door).toList());
        Telemetry telemetry = workshop.telemetry(ComponentId.parse(pipeline.id()));
        for (int lane = 0; lane < ring.laneCount(); lane++) {
            lanes.add(new StagesBuilder(lane, ring, end, telemetry));
        }
        for (int i = pipeline.processors().size() - 1; i >= 0; i--) {
            add(PartsBuilder.found(config.processors(), pipeline.processors().get(i)));
        }
        return new Chain(processors, keepers, components, ends, stages(ends));
    }

    private List<Stages> stages(List<Destination> ends) {
        Predicate<Origin> known = origin ->
                ends.stream().allMatch(end -> end.exporter().component().has(origin));
        return lanes.stream().map(lane -> lane.build(known)).toList();
    }

    private void add(Configured<ProcessorFactory<?>> configured) {
        String id = configured.id().toString();
        List<Consumer> nexts = lanes.stream().map(StagesBuilder::next).toList();
        for (int lane = 0; lane < lanes.size(); lane++) {
            for (Component handOff : lanes.get(lane).takeHandOffs()) {
                components.add(new Stage(name("ring behind " + id, lane), handOff));
            }
        }
        Telemetry telemetry = workshop.telemetry(configured.id());
        List<Processor> made = create(configured.factory(), configured.settings(), nexts, telemetry);
        for (int lane = 0; lane < lanes.size(); lane++) {
            Processor processor = made.get(lane);
            lanes.get(lane).add(id, processor);
            components.add(new Stage(name("processor " + id, lane), processor));
        }
        if (made.get(0) instanceof DoorKeeper keeper) {
            keepers.add(0, keeper);
        }
        processors.add(0, configured);
    }

    private String name(String what, int lane) {
        String name = what + " of " + pipeline.id();
        return lanes.size() == 1 ? name : name + ", lane " + lane;
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> List<Processor> create(
            ProcessorFactory<C> factory, Record settings, List<Consumer> nexts, Telemetry telemetry) {
        return factory.createLanes((C) settings, nexts, telemetry);
    }
}
