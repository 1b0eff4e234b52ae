package io.stackhouse.agent.elf;

/**
 * Chooses among several names of one function, always the same one whatever their order: visible outside of the file before local, then the one with fewer
 * leading underscores, then global before weak, then the longer one, then by alphabet. So {@code malloc} wins over {@code __libc_malloc}.
 */
public final class SymbolNames {
    public static final int GLOBAL = 0;
    public static final int WEAK = 1;
    public static final int LOCAL = 2;

    private String best = "";
    private int bestRank = -1;

    /** The name that won among those offered; empty if none was. */
    public String chosen() {
        return best;
    }

    /** Takes part in the choice with {@link #GLOBAL}, {@link #WEAK} or {@link #LOCAL}. */
    public void offer(int rank, String name) {
        if (bestRank < 0 || isBetter(rank, name)) {
            best = name;
            bestRank = rank;
        }
    }

    private boolean isBetter(int rank, String name) {
        if ((rank == LOCAL) != (bestRank == LOCAL)) {
            return bestRank == LOCAL;
        }
        int underscores = Integer.compare(underscores(name), underscores(best));
        if (underscores != 0) {
            return underscores < 0;
        }
        if (rank != bestRank) {
            return rank < bestRank;
        }
        if (name.length() != best.length()) {
            return name.length() > best.length();
        }
        return name.compareTo(best) < 0;
    }

    private static int underscores(String name) {
        int count = 0;
        while (count < name.length() && name.charAt(count) == '_') {
            count++;
        }
        return count;
    }
}
