package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.ConfigMerge;
import io.stackhouse.collector.yaml.ConfigNode;
import io.stackhouse.collector.yaml.Place;
import io.stackhouse.collector.yaml.Problems;
import io.stackhouse.collector.yaml.Variables;
import io.stackhouse.collector.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration comes from: texts, each put over those before it, and single settings over all of them. Immutable; what it names
 * is read anew each time.
 *
 * @param configs files ({@code collector.yaml}, {@code file:collector.yaml}) or variables that hold YAML ({@code env:NAME})
 * @param settings {@code path=value}: keys joined by dots, or by {@code ::} where keys have dots themselves, and YAML
 */
public record ConfigSources(List<String> configs, List<String> settings) {
    private static final String ENVIRONMENT = "env:";
    private static final String FILE = "file:";
    private static final Pattern SCHEME = Pattern.compile("(https?|yaml|s3|vault):.*");

    public ConfigSources {
        configs = List.copyOf(configs);
        settings = List.copyOf(settings);
    }

    public static ConfigSources ofFile(Path file) {
        return new ConfigSources(List.of(file.toString()), List.of());
    }

    /** A text that can be read. */
    private record Text(String name, String content, Path folder) {}

    /** Everything merged; null when there is nothing, or a part can't be read. What is wrong goes to {@code problems}. */
    @Nullable
    ConfigNode read(Map<String, String> environment, Problems problems) {
        boolean isWhole = true;
        ConfigNode root = null;
        for (int i = 0; i < configs.size() + settings.size(); i++) {
            int before = problems.errorCount();
            ConfigNode part = i < configs.size()
                    ? config(configs.get(i), environment, problems)
                    : setting(i - configs.size(), environment, problems);
            // Without a part that can't be read, what it would have said seems to be missing elsewhere.
            isWhole &= part != null || problems.errorCount() == before;
            if (part != null) {
                root = root == null ? part : ConfigMerge.merged(root, part);
            }
        }
        if (root == null && isWhole) {
            problems.error(
                    Place.ofOption("--config"), "", "all files are empty; receivers, exporters and service are needed");
        }
        return isWhole ? root : null;
    }

    /** The texts as they are now, for telling whether anything has changed; empty for what can't be read. */
    public List<String> contents(Map<String, String> environment) {
        List<String> contents = new ArrayList<>();
        for (String config : configs) {
            Text text = text(config, environment, new Problems());
            contents.add(text == null ? "" : text.content());
        }
        return contents;
    }

    private @Nullable ConfigNode config(String config, Map<String, String> environment, Problems problems) {
        Text text = text(config, environment, problems);
        if (text == null) {
            return null;
        }
        YamlReader reader = new YamlReader(text.name(), new Variables(environment, text.folder()), problems);
        boolean isAlone = configs.size() == 1 && settings.isEmpty();
        return isAlone ? reader.read(text.content()) : reader.readPart(text.content());
    }

    private static @Nullable Text text(String config, Map<String, String> environment, Problems problems) {
        if (config.startsWith(ENVIRONMENT)) {
            String value = environment.get(config.substring(ENVIRONMENT.length()));
            if (value == null) {
                problems.error(Place.ofOption("--config " + config), "", "the variable is not set; set it to YAML");
                return null;
            }
            return new Text(config, value, Path.of("").toAbsolutePath());
        }
        if (SCHEME.matcher(config).matches()) {
            problems.error(
                    Place.ofOption("--config " + config), "", "this can't be read; allowed: FILE, file:FILE, env:NAME");
            return null;
        }
        String name = config.startsWith(FILE) ? config.substring(FILE.length()) : config;
        try {
            Path file = Path.of(name);
            Path parent = file.toAbsolutePath().getParent();
            return new Text(name, Files.readString(file), parent == null ? Path.of("/") : parent);
        } catch (NoSuchFileException e) {
            problems.error(Place.ofOption(name), "", "there is no such file; check the path after --config");
        } catch (MalformedInputException e) {
            problems.error(Place.ofOption(name), "", "is no UTF-8 text; save it as UTF-8");
        } catch (IOException | InvalidPathException e) {
            problems.error(Place.ofOption(name), "", "can't be read: " + e);
        }
        return null;
    }

    private @Nullable ConfigNode setting(int index, Map<String, String> environment, Problems problems) {
        String setting = settings.get(index);
        int equal = setting.indexOf('=');
        if (equal < 0) {
            // Not shown: with the wrong sign in it, it may hold a secret value.
            problems.error(
                    Place.ofOption("--set (number " + (index + 1) + ")"), "", "missing equal sign; write --set a.b=c");
            return null;
        }
        String path = setting.substring(0, equal).strip();
        Place place = Place.ofOption("--set " + path);
        List<String> keys = List.of(path.contains("::") ? path.split("::", -1) : path.split("\\.", -1));
        if (keys.stream().anyMatch(String::isBlank)) {
            problems.error(place, "", "a key is empty; write --set a.b=c");
            return null;
        }
        Variables variables = new Variables(environment, Path.of("").toAbsolutePath());
        ConfigNode value = YamlReader.ofOption(place.file(), variables, problems)
                .readOption(setting.substring(equal + 1), String.join("::", keys));
        for (int i = keys.size() - 1; i >= 0; i--) {
            value = new ConfigNode.Mapping(place, List.of(new ConfigNode.Entry(place, keys.get(i), value)));
        }
        return value;
    }
}
