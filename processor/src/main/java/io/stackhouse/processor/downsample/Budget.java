package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Finds thresholds for a budget of rows, which the lanes of a pipeline share. Any thread.
 *
 * <p>Rows of one sample type, and of one service where each has its own budget, are a stratum with the threshold
 * {@code τ = max(W before, W now) / k}: W before is the sum of weights in the window before, W now that of this window so far, the
 * request in hand included, whichever lane it is in; k is the stratum's share of {@code budget × window}. When there are no more than k rows, τ is 0. Since
 * a row is kept with at most w/τ, a steady stream keeps at most k rows a window on average; one that grows tenfold from one window
 * to the next at most k (1 + ln 10).
 *
 * <p><b>Why it is unbiased.</b> τ of each row is a function of values, times and identities of rows, and of the order in which requests come
 * and lanes meet here, never of the random numbers that decide. Given all rows, τ of each is a fixed number; row i is kept with the probability
 * {@code p = min(1, w/τ)} and then counts as {@code max(w, τ) = w/p}; so its expected weight is w, whatever τ is and however it
 * was found. Random numbers of different rows are independent, so the variance of a sum is still Σ w(τ − w), with the τ that each
 * row has. The same holds for rows that are always kept, as long as the choice doesn't look at the random numbers: they have p = 1.
 *
 * <p>Shares: the budget, less what was always kept in the window before (but at least half of it), is given to the sample types so
 * that none has more than it had rows, and those that want more have equal shares. Strata that saw nothing for a window are
 * forgotten. There are at most {@value #MAX_SERVICES} services with a budget of their own and
 * {@value #MAX_TYPES} sample types of each; the others share one.
 *
 * <p>A replay after a crash uses the same random numbers, but may find another τ, since earlier windows are missing: the rows kept
 * under the larger τ are among those kept under the smaller one.
 */
final class Budget {
    private static final int MAX_SERVICES = 10_000;
    private static final String OTHERS = "\0others";
    private static final int MAX_TYPES = 100;
    private static final ValueType OTHER_TYPES = new ValueType("", "");

    private final double rowsPerWindow;
    private final long windowNanos;
    private final Map<String, Scope> scopes = new HashMap<>();
    private long window = Long.MIN_VALUE;

    /**
     * Makes one.
     *
     * @param rowsPerWindow of each service, or of all together: what isn't set aside for first sights
     */
    Budget(double rowsPerWindow, long windowNanos) {
        this.rowsPerWindow = rowsPerWindow;
        this.windowNanos = windowNanos;
    }

    /** What shares a budget. */
    private static final class Scope {
        final Map<ValueType, Stratum> strata = new HashMap<>();
        double alwaysKept;
        double alwaysKeptBefore;
        double firstSights;
    }

    /** Rows that share a threshold. */
    static final class Stratum {
        private final Scope scope;
        final ValueType type;
        private double share;
        /** Rows that it may need; without a bound while nothing is known of it. */
        private double wanted = Double.MAX_VALUE;

        private double sum;
        private double sumBefore;
        private double rows;
        private double rowsBefore;
        /** Somebody has asked for it in this window. */
        private boolean isInUse;

        private Stratum(Scope scope, ValueType type) {
            this.scope = scope;
            this.type = type;
        }

        /** τ for the rows of the request in hand. */
        private long threshold() {
            if (Math.max(rows, rowsBefore) <= share) {
                return 0;
            }
            return (long) Math.min(0x1p62, Math.ceil(Math.max(sum, sumBefore) / share));
        }
    }

    /**
     * Books a request's rows of a stratum: first those of all its strata, then their thresholds are asked for.
     *
     * @param weights of the rows that aren't always kept, together
     * @param rows how many these are
     * @param alwaysKept how many are always kept, without first sights
     */
    synchronized void add(Stratum stratum, double weights, long rows, long alwaysKept) {
        stratum.sum += weights;
        stratum.rows += rows;
        stratum.scope.alwaysKept += alwaysKept;
    }

    /** τ for the rows of the request in hand. */
    synchronized long threshold(Stratum stratum) {
        return stratum.threshold();
    }

    /** Whether one row more may be kept for its first sight; counts it then. */
    synchronized boolean takeFirstSight(Stratum stratum, double limit) {
        Scope scope = stratum.scope;
        if (scope.firstSights + 1 > limit) {
            return false;
        }
        scope.firstSights++;
        return true;
    }

    /** Moves on to the window that the time lies in; true when that is another one. */
    synchronized boolean moveTo(long unixNanos) {
        long now = Math.floorDiv(unixNanos, windowNanos);
        if (now == window) {
            return false;
        }
        // A clock that was set back must not keep one window open for long.
        boolean isNext = now == window + 1;
        window = now;
        for (Iterator<Scope> all = scopes.values().iterator(); all.hasNext(); ) {
            Scope scope = all.next();
            if (isNext) {
                turn(scope);
            }
            if (!isNext || scope.strata.isEmpty()) {
                all.remove();
            }
        }
        return true;
    }

    private void turn(Scope scope) {
        scope.alwaysKeptBefore = scope.alwaysKept;
        scope.alwaysKept = 0;
        scope.firstSights = 0;
        scope.strata.values().removeIf(stratum -> stratum.rows == 0 && stratum.rowsBefore == 0 && !stratum.isInUse);
        for (Stratum stratum : scope.strata.values()) {
            stratum.sumBefore = stratum.sum;
            stratum.rowsBefore = stratum.rows;
            stratum.wanted = 2 * stratum.rows + 1;
            stratum.sum = 0;
            stratum.rows = 0;
            stratum.isInUse = false;
        }
        share(scope);
    }

    /** The stratum of a sample type; service is empty when there is one budget for all. Good for the request in hand. */
    synchronized Stratum stratum(String service, ValueType type) {
        Scope scope = scopes.get(service);
        if (scope == null) {
            boolean isRoom = scopes.size() < MAX_SERVICES;
            scope = scopes.computeIfAbsent(isRoom ? service : OTHERS, unused -> new Scope());
        }
        Stratum known = scope.strata.get(type);
        if (known != null) {
            known.isInUse = true;
            return known;
        }
        if (scope.strata.size() >= MAX_TYPES && !type.equals(OTHER_TYPES)) {
            return stratum(service, OTHER_TYPES);
        }
        Stratum stratum = new Stratum(scope, type);
        stratum.isInUse = true;
        scope.strata.put(type, stratum);
        share(scope);
        return stratum;
    }

    private void share(Scope scope) {
        double left = Math.max(rowsPerWindow / 2, rowsPerWindow - scope.alwaysKeptBefore);
        List<Stratum> strata = new ArrayList<>(scope.strata.values());
        strata.sort(Comparator.comparingDouble(stratum -> stratum.wanted));
        int open = strata.size();
        for (Stratum stratum : strata) {
            double equal = left / open--;
            // The one with the most rows gets what is left.
            stratum.share = open == 0 ? left : Math.min(stratum.wanted, equal);
            left -= stratum.share;
        }
    }

    /** The largest threshold of each sample type, for the metric. */
    synchronized Map<ValueType, Long> thresholds() {
        Map<ValueType, Long> largest = new HashMap<>();
        for (Scope scope : scopes.values()) {
            for (Stratum stratum : scope.strata.values()) {
                largest.merge(stratum.type, stratum.threshold(), Math::max);
            }
        }
        return largest;
    }
}
