package io.stackhouse.exporter.clickhouse;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Blocks that ClickHouse will never take, put aside whole: the bytes of the insert in a file {@code NAME.native}, and beside it {@code NAME.txt} with the
 * reason and the request that sends it again. Nothing here is deleted by the program. Any thread.
 */
final class DeadLetters {
    private final Path folder;
    private final String database;

    DeadLetters(Path folder, String database) {
        this.folder = folder;
        this.database = database;
    }

    /** Writes and syncs both files; returns the second. */
    Path put(Block block, String reason, boolean isPerhapsWritten, long nowUnixNanos) throws IOException {
        Files.createDirectories(folder);
        String name = nowUnixNanos / 1_000_000 + "-" + block.token().replaceAll("[^A-Za-z0-9_.-]", "_");
        boolean isCompressed = block.compress() == ClickHouseConfig.Compress.LZ4;
        String query = "INSERT INTO `" + database + "`.`" + block.table() + "` (`"
                + String.join("`, `", block.columns()) + "`) SETTINGS async_insert=0, insert_deduplicate=1,"
                + " deduplicate_blocks_in_dependent_materialized_views=1, insert_deduplication_token='" + block.token()
                + "' FORMAT Native";
        String text = "reason: " + reason + "\n"
                + "written: " + (isPerhapsWritten ? "possibly partly written" : "nothing of it was written") + "\n"
                + "table: " + database + "." + block.table() + "\n"
                + "rows: " + block.rows() + "\n"
                + "query: " + query + "\n"
                + "To send it again, within ClickHouse's deduplication window without doubling what was written:\n"
                + "curl" + (isCompressed ? " -H 'Content-Encoding: lz4'" : "") + " --data-binary @" + name
                + ".native 'http://HOST:8123/?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + "'\n";
        write(folder.resolve(name + ".native"), block.bytes());
        Path letter = folder.resolve(name + ".txt");
        write(letter, text.getBytes(StandardCharsets.UTF_8));
        return letter;
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
