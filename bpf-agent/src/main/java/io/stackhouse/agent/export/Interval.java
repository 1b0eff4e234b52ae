package io.stackhouse.agent.export;

/** One encoded request and what is in it. Compared by identity. */
final class Interval {
    final byte[] request;
    final int profiles;
    final long samples;

    Interval(byte[] request, int profiles, long samples) {
        this.request = request;
        this.profiles = profiles;
        this.samples = samples;
    }
}
