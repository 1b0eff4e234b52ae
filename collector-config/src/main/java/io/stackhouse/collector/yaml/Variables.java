package io.stackhouse.collector.yaml;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration may refer to.
 *
 * @param environment the variables of {@code ${env:NAME}}
 * @param folder where relative names of {@code ${file:NAME}} begin
 */
public record Variables(Map<String, String> environment, Path folder) {
    @Nullable
    String get(String name) {
        return environment.get(name);
    }
}
