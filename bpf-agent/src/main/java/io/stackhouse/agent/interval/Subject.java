package io.stackhouse.agent.interval;

import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.Event;

/** What a profile is of: one event of one process. */
record Subject(TracedProcess process, Event event) {}
