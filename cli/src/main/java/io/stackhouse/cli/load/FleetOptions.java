package io.stackhouse.cli.load;

import picocli.CommandLine.Option;

/** What a made fleet is like, as options. */
final class FleetOptions {

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The same seed and sizes give the same bytes (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--services",
            paramLabel = "N",
            defaultValue = "20",
            description = "Services (default: ${DEFAULT-VALUE}).")
    private int services;

    @Option(
            names = "--instances",
            paramLabel = "N",
            defaultValue = "500",
            description = "Instances of each service, about; each sends once before the first does again (default:"
                    + " ${DEFAULT-VALUE}).")
    private int instances;

    @Option(
            names = "--versions",
            paramLabel = "N",
            defaultValue = "2",
            description = "Versions of each service (default: ${DEFAULT-VALUE}).")
    private int versions;

    @Option(
            names = "--linked",
            paramLabel = "SHARE",
            defaultValue = "0.01",
            description = "Share of samples that belong to a span, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double linked;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "32",
            description = "Different requests that are encoded beforehand (default: ${DEFAULT-VALUE}).")
    private int requests;

    @Option(
            names = "--resources",
            paramLabel = "N",
            defaultValue = "2",
            description = "Resources in a request (default: ${DEFAULT-VALUE}).")
    private int resources;

    @Option(
            names = "--stacks",
            paramLabel = "N",
            defaultValue = "100",
            description = "Stacks of a resource in a request (default: ${DEFAULT-VALUE}).")
    private int stacks;

    @Option(
            names = "--samples-per-stack",
            paramLabel = "N",
            defaultValue = "10",
            description = "Samples of a stack in a request, on average (default: ${DEFAULT-VALUE}).")
    private int samplesPerStack;

    /**
     * The settings.
     *
     * @throws IllegalArgumentException when one is out of its range
     */
    FleetSettings settings() {
        return new FleetSettings(
                seed, services, instances, versions, linked, requests, resources, stacks, samplesPerStack);
    }
}
