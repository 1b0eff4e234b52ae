package io.stackhouse.cli.load;

/**
 * What a made fleet is like. The same settings give the same bytes.
 *
 * @param seed of all that is chosen by chance
 * @param services how many, 1 to 10000
 * @param instances of each service, about; each sends once before the first does again
 * @param versions of each service
 * @param linkedShare of samples that belong to a span, 0 to 1
 * @param requests how many different ones are encoded
 * @param resources in each of them, each an instance of a service with one profile of 10 s
 * @param stacks of each profile
 * @param samplesPerStack on average, at least 1; few stacks have many of them and many have one
 */
public record FleetSettings(
        long seed,
        int services,
        int instances,
        int versions,
        double linkedShare,
        int requests,
        int resources,
        int stacks,
        int samplesPerStack) {

    private static final int MAX_SERVICES = 10_000;

    public FleetSettings {
        requireRange("services", services, MAX_SERVICES);
        requireRange("instances", instances, 1_000_000);
        requireRange("versions", versions, 1000);
        requireRange("requests", requests, 10_000);
        requireRange("resources", resources, 1000);
        requireRange("stacks", stacks, CallStacks.COUNT);
        requireRange("samples-per-stack", samplesPerStack, 10_000);
        if (!(linkedShare >= 0 && linkedShare <= 1)) {
            throw new IllegalArgumentException("linked is " + linkedShare + "; it must be 0 to 1");
        }
    }

    /** Ten samples per stack and interval, 2000 samples per request, about 60 bytes each. */
    public static FleetSettings usual(long seed) {
        return new FleetSettings(seed, 20, 500, 2, 0.01, 32, 2, 100, 10);
    }

    /** One sample per stack: nearly all of a request is its dictionary. */
    public static FleetSettings stackHeavy(long seed) {
        return new FleetSettings(seed, 20, 500, 2, 0.01, 32, 2, 600, 1);
    }

    /** How often a request is sent, each time for other instances, before the first ones come again. */
    int instanceNumbers() {
        int slots = requests * resources;
        int slotsPerService = (slots + services - 1) / services;
        return Math.max(1, instances / slotsPerService);
    }

    private static void requireRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be 1 to " + max);
        }
    }
}
