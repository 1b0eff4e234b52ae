package io.stackhouse.pipeline.identity;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * ResourceHash version 1: a resource and the scope that reports for it, by content. The order of attributes has no meaning.
 * Stateless; any thread.
 */
public final class ResourceHash {
    private static final long VERSION = 1;

    private ResourceHash() {}

    public static long of(Resource resource, Scope scope) {
        Hash64 hash = new Hash64(VERSION);
        long resourceAttributes = attributes(hash, resource.attributes());
        long scopeAttributes = attributes(hash, scope.attributes());
        long resourceSchema = hash.ofString(resource.schemaUrl());
        long scopeSchema = hash.ofString(scope.schemaUrl());
        long name = hash.ofString(scope.name());
        long version = hash.ofString(scope.version());
        hash.begin();
        return hash.add(resourceAttributes)
                .add(resourceSchema)
                .add(name)
                .add(version)
                .add(scopeAttributes)
                .add(scopeSchema)
                .end();
    }

    private static long attributes(Hash64 hash, Attributes attributes) {
        List<String> lines = new ArrayList<>(attributes.size());
        for (int i = 0; i < attributes.size(); i++) {
            StringBuilder line = new StringBuilder(attributes.key(i))
                    .append('\0')
                    .append(typeCode(attributes.value(i)))
                    .append('\0');
            attributes.value(i).appendText(line);
            lines.add(line.toString());
        }
        lines.sort(null);
        long[] words = new long[lines.size()];
        for (int i = 0; i < words.length; i++) {
            words[i] = hash.ofString(lines.get(i));
        }
        hash.begin();
        for (long word : words) {
            hash.add(word);
        }
        return hash.end();
    }

    /** One letter per type: s string, i int, b bool, d double, y bytes, a array, m map, e empty. Stored hashes depend on it. */
    public static char typeCode(AttributeValue value) {
        if (value instanceof AttributeValue.StringValue) {
            return 's';
        } else if (value instanceof AttributeValue.LongValue) {
            return 'i';
        } else if (value instanceof AttributeValue.BoolValue) {
            return 'b';
        } else if (value instanceof AttributeValue.DoubleValue) {
            return 'd';
        } else if (value instanceof AttributeValue.BytesValue) {
            return 'y';
        } else if (value instanceof AttributeValue.ArrayValue) {
            return 'a';
        } else if (value instanceof AttributeValue.MapValue) {
            return 'm';
        }
        return 'e';
    }
}
