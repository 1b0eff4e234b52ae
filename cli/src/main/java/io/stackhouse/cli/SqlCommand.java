package io.stackhouse.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks one question of the ClickHouse that runs and prints the bare answer. */
@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Asks the ClickHouse that is running, and prints bare values as tab-separated lines.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./stackhouse sql \"SELECT count() FROM otel_profiles_samples\"",
            "  ./stackhouse sql --header \"SELECT ServiceName, sum(Value) / 1e9 AS CpuSeconds FROM otel_profiles_samples"
                    + " GROUP BY 1\"",
            "  ./stackhouse sql --format PrettyCompact \"SHOW TABLES\"",
            "  ./stackhouse sql - < question.sql",
            "",
            "Tables are looked up in database otel when there is one. Exit codes: 0 answered, 1 ClickHouse refused the",
            "query or failed (its message is on the standard error), 2 wrong options, 4 no ClickHouse is running."
        })
final class SqlCommand implements Callable<Integer> {

    private static final int MAX_QUERY_BYTES = 16 << 20;

    @Mixin
    private EndpointOptions endpointOptions = new EndpointOptions();

    @Option(names = "--header", description = "Print the columns' names first.")
    private boolean header;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "One of ClickHouse's formats, e.g. JSONEachRow, CSV, Vertical, PrettyCompact.")
    private @Nullable String format;

    @Parameters(paramLabel = "QUERY", description = "The query, or - to read it from the standard input.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String query;

    @Override
    public Integer call() throws IOException {
        String sql = query.equals("-") ? readStandardInput() : query;
        ClickHouseHttp server = endpointOptions.connect();
        try {
            try (InputStream answer = server.query(sql, settings(server))) {
                print(answer);
            }
            return ExitCodes.OK;
        } catch (QueryException e) {
            throw new CommandException(ExitCodes.FAILED, message(e, server.endpoint()));
        }
    }

    static String formatName(@Nullable String format, boolean header) {
        if (format != null) {
            return format;
        }
        return header ? "TabSeparatedWithNames" : "TabSeparated";
    }

    private Map<String, String> settings(ClickHouseHttp server) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("default_format", formatName(format, header));
        if (server.hasDatabase(ClickHouseHttp.DATABASE)) {
            settings.put("database", ClickHouseHttp.DATABASE);
        }
        return settings;
    }

    private static void print(InputStream answer) throws IOException {
        // Not System.out, which would hide that the reader of a pipe has gone, and go on for a long answer.
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            answer.transferTo(out);
        } catch (IOException e) {
            if (!"Broken pipe".equals(e.getMessage())) {
                throw e;
            }
        }
    }

    private static String readStandardInput() throws IOException {
        byte[] bytes = System.in.readNBytes(MAX_QUERY_BYTES + 1);
        if (bytes.length > MAX_QUERY_BYTES) {
            throw new CommandException(ExitCodes.FAILED, "the query is longer than 16 MiB");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String message(QueryException failure, URI endpoint) {
        String text = failure.getMessage();
        return (text == null || text.isBlank() ? "ClickHouse gave no message" : text) + "\n(asked " + endpoint + ")";
    }
}
