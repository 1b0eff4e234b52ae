package io.stackhouse.processor.filter;

/** A value that conditions speak of: a literal, a path, what a function returns. One thread. */
interface Operand {
    /** Bits that say what a value is read from. */
    int RESOURCE = 1;

    int SCOPE = 2;
    int PROFILE = 4;
    /** A span or a sample. */
    int ITEM = 8;

    int FRAME = 16;

    void load(Cursor cursor, Cell into);

    /** What it is read from, as bits; 0 for a literal. */
    int uses();

    /** Loads a value. */
    @FunctionalInterface
    interface Loader {
        void load(Cursor cursor, Cell into);
    }

    static Operand of(int uses, Loader loader) {
        return new Operand() {
            @Override
            public void load(Cursor cursor, Cell into) {
                loader.load(cursor, into);
            }

            @Override
            public int uses() {
                return uses;
            }
        };
    }
}
