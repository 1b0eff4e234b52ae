package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Batch;
import java.util.List;

/** Tables whose open blocks are filled from the same batches and are sent together. One thread. */
interface TableGroup {
    /** Begins a batch and tells how many items it has, numbered from 0: its rows or spans, and what else is stored of it. */
    int open(Batch batch);

    /** Appends the next item of the open batch; items come in order. */
    void append(int item);

    /** Rows of samples or spans since the last cut. */
    int items();

    /** About how many bytes the blocks have. */
    long byteCount();

    /** Remembers the present rows as whole. */
    void mark();

    /** Drops what was appended after {@link #mark}. */
    void rollback();

    /** Makes blocks of all rows, in the order in which they have to be sent, and empties the tables. */
    List<Block> cut();

    /** What was cut is kept until it is stored, or was not kept. */
    void kept(boolean isKept);

    /** What was taken for stored may be missing. */
    void forgetSent();
}
