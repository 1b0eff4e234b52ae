package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.dsl.ProducerType;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Puts together what one lane runs, from its end to its head: for each processor {@link #next}, then {@link #add}. One use, one thread. Starts nothing.
 */
public final class StagesBuilder {
    private final int lane;
    private final RingSettings settings;
    private final Telemetry telemetry;
    private final List<Component> components = new ArrayList<>();
    private List<TimedProcessor> timed = new ArrayList<>();
    private StageClock clock;
    private Consumer head;
    private String firstStage = "";

    /**
     * Begins with the lane's end.
     *
     * @param lane from 0
     * @param end takes what the last processor hands on
     * @param telemetry named like the pipeline
     */
    public StagesBuilder(int lane, RingSettings settings, Consumer end, Telemetry telemetry) {
        this.lane = lane;
        this.settings = settings;
        this.telemetry = telemetry;
        this.clock = new StageClock(telemetry);
        this.head = clock.timed("exporters", end);
    }

    /** What the processor before those that were added is to hand on to. */
    public Consumer next() {
        if (settings.stageThreads() == StageThreads.SPLIT && !firstStage.isEmpty()) {
            String name = telemetry.component() + "-" + lane + "-" + firstStage;
            Stages behind = new Stages(head, timed);
            // The stage before hands on what it holds when it is closed, on another thread.
            HandOff handOff = new HandOff(
                    new Lane(name, settings, ProducerType.MULTI, behind, new LaneMetrics(lane, firstStage, telemetry)));
            components.add(handOff);
            firstStage = "";
            timed = new ArrayList<>();
            clock = new StageClock(telemetry);
            head = clock.untimed(handOff);
        }
        return head;
    }

    /**
     * Adds the processor that hands on to {@link #next}.
     *
     * @param id its name in the configuration
     */
    public void add(String id, Processor processor) {
        if (processor instanceof TimedProcessor holding) {
            timed.add(0, holding);
        }
        firstStage = id;
        head = clock.timed(id, processor);
    }

    /** The rings between stages that were made since the last call, for the one who starts and closes them. */
    public List<Component> takeHandOffs() {
        List<Component> taken = List.copyOf(components);
        components.clear();
        return taken;
    }

    /**
     * The lane's stages.
     *
     * @param known whether every destination has a request already; the same for all lanes
     */
    public Stages build(Predicate<Origin> known) {
        return new Stages(head, timed, known);
    }
}
