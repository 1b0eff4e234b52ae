package io.stackhouse.threadcontext;

import io.opentelemetry.api.common.AttributeKey;

/** A key of thread attributes and its place in the process's key map. Immutable. */
final class Key {
    static final String HTTP_ROUTE = "http.route";

    final String name;
    final int index;
    final AttributeKey<String> attribute;
    final boolean isRoute;

    Key(String name, int index) {
        this.name = name;
        this.index = index;
        this.attribute = AttributeKey.stringKey(name);
        this.isRoute = name.equals(HTTP_ROUTE);
    }
}
