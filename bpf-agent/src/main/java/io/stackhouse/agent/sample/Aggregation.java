package io.stackhouse.agent.sample;

/** Where equal samples are counted. */
public enum Aggregation {
    /** In the kernel: a stack crosses once, then only its count each interval. */
    KERNEL,
    /** Nowhere: each sample crosses by itself and keeps its time. */
    NONE
}
