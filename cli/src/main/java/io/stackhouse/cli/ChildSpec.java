package io.stackhouse.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One program to supervise.
 *
 * @param name as people call it, for messages
 * @param command with its arguments; it must end when its standard input does
 * @param environment added to ours
 * @param log where its output goes, with one older file beside it
 * @param ready what a line of its output looks like once it serves
 * @param stopWithin how long it may take to end after SIGTERM before it is killed
 */
public record ChildSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path log,
        Pattern ready,
        Duration stopWithin) {

    public ChildSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The same with more environment. */
    ChildSpec with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new ChildSpec(name, command, all, log, ready, stopWithin);
    }
}
