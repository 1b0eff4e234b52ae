package io.stackhouse.agent.metrics;

/** Builds a page in Prometheus's text format. One thread; made for one page. */
public final class MetricsPage {
    private static final String PREFIX = "stackhouse_agent_";
    private static final double NANOS_PER_SECOND = 1e9;

    private final StringBuilder text = new StringBuilder(4096);

    /** A figure that only grows; its name ends in {@code _total}. */
    public MetricsPage counter(String name, String help, long value) {
        return add(name, "counter", help, Long.toString(value));
    }

    /** A time that only grows; its name ends in {@code _seconds_total}. */
    public MetricsPage counterSeconds(String name, String help, long nanos) {
        return add(name, "counter", help, Double.toString(nanos / NANOS_PER_SECOND));
    }

    /** A figure that goes up and down. */
    public MetricsPage gauge(String name, String help, long value) {
        return add(name, "gauge", help, Long.toString(value));
    }

    /** A figure that is always 1 and carries a label. */
    public MetricsPage label(String name, String help, String label, String value) {
        head(name, "gauge", help);
        text.append(PREFIX).append(name).append('{').append(label).append("=\"");
        text.append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .append("\"} 1\n");
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private MetricsPage add(String name, String type, String help, String value) {
        head(name, type, help);
        text.append(PREFIX).append(name).append(' ').append(value).append('\n');
        return this;
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ")
                .append(PREFIX)
                .append(name)
                .append(' ')
                .append(help)
                .append('\n');
        text.append("# TYPE ")
                .append(PREFIX)
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }
}
