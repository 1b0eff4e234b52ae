package io.stackhouse.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results as one JSON object on one line. Stateless.
 *
 * <p>{@code version} of this form, {@code machine}, {@code settings}, {@code good}, {@code figures} (part, name, unit, median, min, max, values by round; with a yardstick: its name and {@code ratio}; moved),
 * {@code checks}, {@code notes}, {@code files}.
 */
final class ResultJson {

    private static final int VERSION = 1;

    private ResultJson() {}

    static String render(Results results, Map<String, String> machine) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            texts(json, "machine", machine);
            texts(json, "settings", results.settings());
            json.writeBooleanField("good", results.isGood());
            json.writeArrayFieldStart("figures");
            for (Series series : results.series()) {
                figure(json, series);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("checks");
            for (Results.Check check : results.checks()) {
                json.writeStartObject();
                json.writeStringField("name", check.name());
                json.writeBooleanField("good", check.isGood());
                json.writeStringField("detail", check.detail());
                json.writeEndObject();
            }
            json.writeEndArray();
            list(json, "notes", results.notes());
            list(json, "files", results.files());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void figure(JsonGenerator json, Series series) throws IOException {
        json.writeStartObject();
        json.writeStringField("part", series.part());
        json.writeStringField("name", series.name());
        json.writeStringField("unit", series.unit());
        spread(json, series.spread());
        json.writeArrayFieldStart("values");
        for (double value : series.values()) {
            number(json, value);
        }
        json.writeEndArray();
        Series.@Nullable Spread ratio = series.ratio();
        Series yardstick = series.yardstick();
        if (ratio != null && yardstick != null) {
            json.writeStringField("yardstick", yardstick.name());
            json.writeObjectFieldStart("ratio");
            spread(json, ratio);
            json.writeEndObject();
        }
        json.writeBooleanField("moved", series.hasMoved());
        json.writeEndObject();
    }

    private static void spread(JsonGenerator json, Series.Spread spread) throws IOException {
        json.writeFieldName("median");
        number(json, spread.median());
        json.writeFieldName("min");
        number(json, spread.min());
        json.writeFieldName("max");
        number(json, spread.max());
    }

    /** JSON has no infinity and no "not a number". */
    private static void number(JsonGenerator json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    private static void texts(JsonGenerator json, String name, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> each : new TreeMap<>(texts).entrySet()) {
            json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
    }

    private static void list(JsonGenerator json, String name, Iterable<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
