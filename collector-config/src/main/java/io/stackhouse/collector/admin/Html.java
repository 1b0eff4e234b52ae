package io.stackhouse.collector.admin;

/** Puts a page together; every text is escaped. One thread. */
final class Html {
    private static final String STYLE = "body{font-family:sans-serif;margin:1.5em}table{border-collapse:collapse}"
            + "td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}";

    private final StringBuilder out = new StringBuilder(4096);

    Html(String title) {
        out.append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
        text(title);
        out.append("</title><style>").append(STYLE).append("</style></head><body><h1>");
        text(title);
        out.append("</h1>");
    }

    private void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
    }

    Html heading(String text) {
        out.append("<h2>");
        text(text);
        out.append("</h2>");
        return this;
    }

    Html link(String path) {
        out.append("<p><a href=\"").append(path).append("\">");
        text(path);
        out.append("</a></p>");
        return this;
    }

    Html preformatted(String text) {
        out.append("<pre>");
        text(text);
        out.append("</pre>");
        return this;
    }

    /** Begins a table; rows follow, then {@link #endTable}. */
    Html table(String... headings) {
        out.append("<table><tr>");
        for (String heading : headings) {
            out.append("<th>");
            text(heading);
            out.append("</th>");
        }
        out.append("</tr>");
        return this;
    }

    Html row(Object... cells) {
        out.append("<tr>");
        for (Object cell : cells) {
            out.append("<td>");
            text(String.valueOf(cell));
            out.append("</td>");
        }
        out.append("</tr>");
        return this;
    }

    Html endTable() {
        out.append("</table>");
        return this;
    }

    @Override
    public String toString() {
        return out + "</body></html>\n";
    }
}
