/**
 * The load generator of {@code ./stackhouse load}, which {@code bench} measures with: profiles requests at any OTLP endpoint, at a given rate or as many as it takes.
 *
 * <pre>
 *   FleetSettings ─▶ FleetRequests ┐                          ┌▶ GrpcSender ┐
 *                                  ├─▶ RequestTemplate[] ─▶ Load ┤             ├─▶ endpoint
 *   files, async-profiler ─────────┘   (bytes and places)     └▶ HttpSender ┘
 * </pre>
 *
 * <p>Requests are encoded once, before anything is measured. A {@link io.stackhouse.cli.load.RequestTemplate} knows the places in its bytes that must differ from request to request: times, profile ids, ids of
 * traces and numbers of instances, all of fixed width. To send one is to copy it and to write those places anew, a few nanoseconds per sample. Each profile's id holds the number of the run, of the profile
 * within its request and of the request; so a store that keeps ids tells what it has not, or twice ({@link io.stackhouse.cli.load.ProfileIds}).
 *
 * <p>{@link io.stackhouse.cli.load.Load} sends on one thread. At a given rate it is an open loop: request n leaves at begin + n/rate whether or not others were answered, and each wait counts from the time on when
 * the request was due, so that a stall counts for all that would have come meanwhile. At the maximal rate it keeps a fixed number of requests open. What is refused waits as long as the server asks for, and goes
 * again with the same bytes; what has no answer is counted as such and never sent again, since a server may have it.
 */
@NullMarked
package io.stackhouse.cli.load;

import org.jspecify.annotations.NullMarked;
