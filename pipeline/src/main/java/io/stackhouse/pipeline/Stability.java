package io.stackhouse.pipeline;

/** How much a component's settings and behaviour may still change. */
public enum Stability {
    DEVELOPMENT,
    ALPHA,
    BETA,
    STABLE
}
