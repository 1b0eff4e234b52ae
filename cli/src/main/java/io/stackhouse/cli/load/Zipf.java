package io.stackhouse.cli.load;

import java.util.Arrays;
import java.util.Random;

/** Draws numbers of which the first come most often: number i with a weight of (i + 1)^-exponent. Immutable; any thread. */
final class Zipf {

    private final double[] sums;

    Zipf(int count, double exponent) {
        sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.pow(i + 1.0, -exponent);
            sums[i] = sum;
        }
    }

    int draw(Random random) {
        int found = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
        return Math.min(found < 0 ? -found - 1 : found, sums.length - 1);
    }
}
