package io.stackhouse.collector.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stackhouse.collector.yaml.Variables;
import io.stackhouse.pipeline.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConfigLoaderTest {
    private static final String GOOD = """
            receivers:
              otlp:
            processors:
              resource_detection:
              downsample/cpu:
                thresholds: {cpu/nanoseconds: 50000000}
            exporters:
              collecting:
                tries: 2
                pause: 1m30s
            service:
              pipelines:
                profiles:
                  receivers: [otlp]
                  processors: [resource_detection, downsample/cpu]
                  exporters: [collecting]
                traces:
                  receivers: [otlp]
                  exporters: [collecting]
            """;

    private static final Factories FACTORIES = ofTests(Factories.load());

    /** Without the exporters of other modules, so that lists of types stay the same. */
    private static Factories ofTests(Factories all) {
        return new Factories(
                all.receivers(),
                all.processors(),
                Map.of("collecting", all.exporters().get("collecting")),
                all.extensions());
    }

    private static CollectorConfig load(String text, Map<String, String> environment) {
        return new ConfigLoader(FACTORIES).load("c.yaml", text, new Variables(environment, Path.of("/nowhere")));
    }

    @Test
    void readsAGoodConfiguration() {
        CollectorConfig config = load(GOOD, Map.of());
        assertThat(config.warnings()).isEmpty();
        assertThat(config.pipelines()).extracting(PipelineConfig::id).containsExactly("profiles", "traces");
        assertThat(config.pipelines().get(0).processors())
                .extracting(Object::toString)
                .containsExactly("resource_detection", "downsample/cpu");
        assertThat(config.pipelines().get(0).journal().maxSize()).hasToString("64MiB");
        assertThat(config.telemetry().metrics().listen())
                .hasToString("Address[host=localhost, port=8888, isExplicit=false]");
    }

    @Test
    void pipelinesHaveTheServicesJournalUnlessTheirOwn() {
        String text = GOOD.replace("service:\n", "service:\n  journal: {max_size: 10MiB}\n  ring_size: 64\n")
                .replace("    traces:\n", "    traces:\n      journal: {max_size: 1MiB}\n");
        List<PipelineConfig> pipelines = load(text, Map.of()).pipelines();
        assertThat(pipelines)
                .extracting(pipeline -> pipeline.journal().maxSize().toString())
                .containsExactly("10MiB", "1MiB");
        assertThat(pipelines).extracting(pipeline -> pipeline.ring().size()).containsExactly(64, 64);
    }

    @Test
    void readsTheCollectorsShapeOfMetrics() {
        String readers = """
                service:
                  telemetry:
                    logs: {level: DEBUG}
                    metrics:
                      level: detailed
                      readers:
                        - pull:
                            exporter:
                              prometheus:
                                host: 0.0.0.0
                                port: ${env:PORT:-}
                """;
        String text = GOOD.replace("service:\n", readers);
        assertThat(load(text, Map.of("PORT", "9999")).telemetry().metrics().listen())
                .hasToString("Address[host=0.0.0.0, port=9999, isExplicit=true]");
        assertThat(load(text, Map.of()).telemetry().metrics().listen())
                .hasToString("Address[host=0.0.0.0, port=8888, isExplicit=false]");
        assertThat(load(text, Map.of()).telemetry().logs().level()).isEqualTo(TelemetryConfig.LogLevel.DEBUG);
    }

    @Test
    void warnsOfWhatIsNotUsedAndOfVariablesThatAreNotSet() {
        String text = GOOD.replace("  otlp:\n", "  otlp:\n  otlp/second:\n").replace("tries: 2", "tries: ${TRIES}");
        assertThat(load(text, Map.of()).warnings())
                .containsExactly(
                        "c.yaml:3:3: receivers::otlp/second: no pipeline uses it; name it under service::pipelines or remove it",
                        "c.yaml:10:12: exporters::collecting::tries: the variable TRIES is not set; set it, or write"
                                + " ${env:TRIES:-default}");
    }

    @Test
    void startsTheExtensionsThatTheServiceNamesInItsOrderAndWarnsOfOthers() {
        String text = GOOD.replace(
                "service:\n",
                "extensions: {recording/a: , recording/b: {failure: x}, recording/c: }\nservice:\n  extensions: [recording/c, recording/a]\n");
        CollectorConfig config = load(text, Map.of());
        assertThat(config.extensions().keySet())
                .extracting(Object::toString)
                .containsExactly("recording/c", "recording/a");
        assertThat(config.warnings())
                .containsExactly(
                        "c.yaml:11:29: extensions::recording/b: it is not started; name it under service::extensions or remove it");
        assertThat(load(GOOD.replace("service:\n", "extensions:\nservice:\n  extensions: []\n"), Map.of())
                        .extensions())
                .isEmpty();
    }

    @Test
    void warnsOfAnAuthenticatorThatNobodyAsks() {
        String text = GOOD.replace(
                "service:\n",
                "extensions: {basicauth: {htpasswd: {inline: 'a:b'}}}\nservice:\n  extensions: [basicauth]\n");
        assertThat(load(text, Map.of()).warnings())
                .containsExactly(
                        "c.yaml:11:14: extensions::basicauth: no receiver asks it; name it at auth::authenticator of the protocols that it should guard");
        String asked = text.replace("  otlp:\n", "  otlp: {protocols: {http: {auth: {authenticator: basicauth}}}}\n");
        assertThat(load(asked, Map.of()).warnings()).isEmpty();
    }

    private record Wrong(String name, String text, String... expected) {}

    /** GOOD with one part replaced. */
    private static Wrong wrong(String name, String part, String replacement, String... expected) {
        assertThat(GOOD).as(name).contains(part);
        return new Wrong(name, GOOD.replace(part, replacement), expected);
    }

    @TestFactory
    List<DynamicTest> saysWhereAndWhatIsWrong() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Wrong wrong : wrongConfigurations()) {
            tests.add(DynamicTest.dynamicTest(wrong.name(), () -> {
                ConfigException thrown =
                        catchThrowableOfType(ConfigException.class, () -> load(wrong.text(), Map.of("EMPTY", "")));
                assertThat(thrown)
                        .as("this configuration should be wrong:%n%s", wrong.text())
                        .isNotNull();
                assertThat(thrown.problems()).containsExactly(wrong.expected());
            }));
        }
        return tests;
    }

    /** A rule is what a message says, whatever file, place, component, name and number it says it of. */
    @Test
    void theTableBreaksSixtyDifferentRulesAtLeast() {
        Set<String> rules = new TreeSet<>();
        for (Wrong wrong : wrongConfigurations()) {
            for (String message : wrong.expected()) {
                rules.add(rule(message));
            }
        }
        System.out.println(wrongConfigurations().size() + " wrong configurations break " + rules.size() + " rules");
        assertThat(rules).hasSizeGreaterThanOrEqualTo(60);
    }

    private static String rule(String message) {
        String what = message.replaceFirst("^\\S+:\\d+:\\d+: ", "").replaceFirst("^[a-z_]+(::[^ ]+)?: ", "");
        return what.replaceFirst(";.*", "")
                .replaceAll("'[^']*'|\"[^\"]*\"", "…")
                .replaceAll("-?\\d+", "N")
                .replaceAll("\\b(receiver|processor|exporter|extension|profiles|traces)s?\\b", "…");
    }

    private static List<Wrong> wrongConfigurations() {
        return List.of(
                new Wrong(
                        "empty file",
                        "",
                        "c.yaml:1:1: empty configuration file; it needs receivers, exporters and service"),
                new Wrong(
                        "only a comment",
                        "# nothing\n",
                        "c.yaml:1:1: empty configuration file; it needs receivers, exporters and service"),
                new Wrong(
                        "a list",
                        "- a\n",
                        "c.yaml:1:1: expected a map, found a list; allowed keys: receivers, processors, exporters, extensions, service"),
                new Wrong(
                        "no YAML",
                        "receivers: [otlp\nservice: {}\n",
                        "c.yaml:2:8: this is no YAML: while parsing a flow sequence: expected ',' or ']', but got :"),
                new Wrong(
                        "a tab",
                        "receivers:\n\totlp:\n",
                        "c.yaml:2:1: this is no YAML: while scanning for the next token: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                new Wrong(
                        "two documents",
                        GOOD + "---\na: b\n",
                        "c.yaml:20:1: this is no YAML: expected a single document in the stream: but found another document"),
                new Wrong(
                        "nothing in it",
                        "{}",
                        "c.yaml:1:1: receivers: no receiver configuration specified in config; at least one is needed",
                        "c.yaml:1:1: exporters: no exporter configuration specified in config; at least one is needed",
                        "c.yaml:1:1: service: must be given; write 'service: {pipelines: {…}}'"),
                wrong(
                        "unknown top key",
                        "processors:\n",
                        "procesors:\n",
                        "c.yaml:3:1: procesors: unknown key; did you mean 'processors'?; allowed: receivers, processors, exporters, extensions, service",
                        "c.yaml:15:20: service::pipelines::profiles: references processor \"resource_detection\" which is not configured; no processor is configured",
                        "c.yaml:15:40: service::pipelines::profiles: references processor \"downsample/cpu\" which is not configured; no processor is configured"),
                wrong(
                        "connectors",
                        "processors:\n",
                        "connectors: {forward: }\nprocessors:\n",
                        "c.yaml:3:1: connectors: unknown key; allowed: receivers, processors, exporters, extensions, service"),
                wrong(
                        "duplicate key",
                        "    pause: 1m30s\n",
                        "    pause: 1m30s\n    tries: 3\n",
                        "c.yaml:11:5: exporters::collecting::tries: this key is there already in line 9; keep one"),
                wrong(
                        "duplicate section",
                        "service:\n",
                        "exporters: {}\nservice:\n",
                        "c.yaml:11:1: exporters: this key is there already in line 7; keep one"),
                wrong(
                        "unknown type",
                        "  otlp:\n",
                        "  otpl:\n",
                        "c.yaml:2:3: receivers::otpl: unknown type: \"otpl\" for id: \"otpl\"; did you mean 'otlp'? (valid values: otlp)",
                        "c.yaml:14:19: service::pipelines::profiles: references receiver \"otlp\" which is not configured; did you mean 'otpl'?; configured: otpl",
                        "c.yaml:18:19: service::pipelines::traces: references receiver \"otlp\" which is not configured; did you mean 'otpl'?; configured: otpl"),
                wrong(
                        "far from any type",
                        "  otlp:\n",
                        "  prometheus:\n",
                        "c.yaml:2:3: receivers::prometheus: unknown type: \"prometheus\" for id: \"prometheus\" (valid values: otlp)",
                        "c.yaml:14:19: service::pipelines::profiles: references receiver \"otlp\" which is not configured; configured: prometheus",
                        "c.yaml:18:19: service::pipelines::traces: references receiver \"otlp\" which is not configured; configured: prometheus"),
                wrong(
                        "bad id",
                        "  otlp:\n",
                        "  otlp/:\n",
                        "c.yaml:2:3: receivers::otlp/: this is no id; write type or type/name with letters, digits and _ . + -",
                        "c.yaml:14:19: service::pipelines::profiles: references receiver \"otlp\" which is not configured; no receiver is configured",
                        "c.yaml:18:19: service::pipelines::traces: references receiver \"otlp\" which is not configured; no receiver is configured"),
                wrong(
                        "unknown setting",
                        "tries: 2",
                        "trys: 2",
                        "c.yaml:9:5: exporters::collecting::trys: unknown key; did you mean 'tries'?; allowed: name, delivers, tries, pause, tags, failure, returns"),
                wrong(
                        "not a number",
                        "tries: 2",
                        "tries: two",
                        "c.yaml:9:12: exporters::collecting::tries: 'two' is no whole number; write digits such as 5"),
                wrong(
                        "number too large",
                        "tries: 2",
                        "tries: 99999999999",
                        "c.yaml:9:12: exporters::collecting::tries: '99999999999' is too large; write a whole number up to 2147483647"),
                wrong(
                        "value that the settings refuse",
                        "tries: 2",
                        "tries: 0",
                        "c.yaml:9:12: exporters::collecting::tries: tries must be 1 or more, not 0"),
                wrong(
                        "a list for one value",
                        "tries: 2",
                        "tries: [2]",
                        "c.yaml:9:12: exporters::collecting::tries: expected one value, found a list"),
                wrong(
                        "one value for a list",
                        "tries: 2",
                        "tags: a",
                        "c.yaml:9:11: exporters::collecting::tags: expected a list, found 'a'; write [a, b]"),
                wrong(
                        "not true or false",
                        "tries: 2",
                        "delivers: yes",
                        "c.yaml:9:15: exporters::collecting::delivers: 'yes' is not true or false; write true or false"),
                wrong(
                        "no length of time",
                        "pause: 1m30s",
                        "pause: 30",
                        "c.yaml:10:12: exporters::collecting::pause: '30' is no length of time; write a number with ns, us, ms, s, m or h, such as 200ms, 5s or 1h30m"),
                wrong(
                        "settings that are no map",
                        "  otlp:\n",
                        "  otlp: 4317\n",
                        "c.yaml:2:9: receivers::otlp: expected a map, found '4317'; allowed keys: protocols, max_requests_in_flight, max_bytes_in_flight, tenant"),
                wrong(
                        "protocol misspelt",
                        "  otlp:\n",
                        "  otlp: {protocols: {grcp: }}\n",
                        "c.yaml:2:22: receivers::otlp::protocols::grcp: unknown key; did you mean 'grpc'?; allowed: grpc, http"),
                wrong(
                        "no protocol",
                        "  otlp:\n",
                        "  otlp: {protocols: {}}\n",
                        "c.yaml:2:21: receivers::otlp::protocols: protocols must have grpc, http or both; write 'grpc:' for its defaults"),
                wrong(
                        "bad endpoint",
                        "  otlp:\n",
                        "  otlp:\n    protocols:\n      grpc:\n        endpoint: 4317\n",
                        "c.yaml:5:19: receivers::otlp::protocols::grpc::endpoint: endpoint '4317' is no address; write host:port such as localhost:4317, 0.0.0.0:4317 or [::1]:4317"),
                wrong(
                        "size that is none",
                        "  otlp:\n",
                        "  otlp:\n    protocols:\n      http: {max_request_body_size: 64 megs}\n",
                        "c.yaml:4:37: receivers::otlp::protocols::http::max_request_body_size: '64 megs' is no size; write 64MiB, 512KiB or a number of bytes"),
                wrong(
                        "unknown enum",
                        "  resource_detection:\n",
                        "  resource_detection: {detectors: [env, systm]}\n",
                        "c.yaml:4:41: processors::resource_detection::detectors[1]: 'systm' is unknown; did you mean 'system'?; allowed: env, system, host, os, process, container, k8s"),
                wrong(
                        "empty list",
                        "  resource_detection:\n",
                        "  resource_detection: {detectors: []}\n",
                        "c.yaml:4:35: processors::resource_detection::detectors: detectors must name at least one; write [env, system, os]"),
                wrong(
                        "negative in a map",
                        "cpu/nanoseconds: 50000000",
                        "cpu/nanoseconds: -1",
                        "c.yaml:6:17: processors::downsample/cpu::thresholds: thresholds of cpu/nanoseconds must be 0 or more, not -1"),
                wrong(
                        "no service",
                        "service:\n",
                        "services:\n",
                        "c.yaml:1:1: service: must be given; write 'service: {pipelines: {…}}'",
                        "c.yaml:11:1: services: unknown key; did you mean 'service'?; allowed: receivers, processors, exporters, extensions, service"),
                new Wrong(
                        "no pipelines",
                        GOOD.substring(0, GOOD.indexOf("  pipelines:")) + "  telemetry:\n",
                        "c.yaml:12:3: service::pipelines: service must have at least one pipeline; write 'profiles: {receivers: [otlp], exporters: [clickhouse]}'"),
                wrong(
                        "unknown key of service",
                        "service:\n",
                        "service:\n  telemtry: {}\n",
                        "c.yaml:12:3: service::telemtry: unknown key; did you mean 'telemetry'?; allowed: extensions, pipelines, telemetry, journal, ring_size, lanes, stage_threads, wait_strategy, reload_interval"),
                wrong(
                        "logs pipeline",
                        "    traces:\n",
                        "    logs:\n",
                        "c.yaml:17:5: service::pipelines::logs: pipelines of logs are not supported; allowed: profiles, traces, profiles/name, traces/name"),
                wrong(
                        "misspelt pipeline",
                        "    traces:\n",
                        "    trace:\n",
                        "c.yaml:17:5: service::pipelines::trace: 'trace' is no kind of pipeline; did you mean 'traces'?; allowed: profiles, traces, profiles/name, traces/name"),
                wrong(
                        "unnamed pipeline",
                        "    traces:\n",
                        "    traces/:\n",
                        "c.yaml:17:5: service::pipelines::traces/: the name after the slash is missing; allowed: profiles, traces, profiles/name, traces/name"),
                wrong(
                        "pipeline without receiver",
                        "    traces:\n      receivers: [otlp]\n",
                        "    traces:\n",
                        "c.yaml:17:5: service::pipelines::traces: must have at least one receiver; write receivers: [id]; configured: otlp"),
                wrong(
                        "empty pipeline",
                        "    traces:\n",
                        "    traces/b:\n    traces:\n",
                        "c.yaml:17:5: service::pipelines::traces/b: must have at least one receiver; write receivers: [id]; configured: otlp",
                        "c.yaml:17:5: service::pipelines::traces/b: must have at least one exporter; write exporters: [id]; configured: collecting"),
                wrong(
                        "missing processor",
                        "[resource_detection, ",
                        "[resource_detecton, ",
                        "c.yaml:15:20: service::pipelines::profiles: references processor \"resource_detecton\" which is not configured; did you mean 'resource_detection'?; configured: resource_detection, downsample/cpu"),
                wrong(
                        "missing exporter",
                        "exporters: [collecting]\n    traces",
                        "exporters: [clickhouse]\n    traces",
                        "c.yaml:16:19: service::pipelines::profiles: references exporter \"clickhouse\" which is not configured; configured: collecting"),
                wrong(
                        "processor twice",
                        "[resource_detection, ",
                        "[resource_detection, resource_detection, ",
                        "c.yaml:15:40: service::pipelines::profiles: references processor \"resource_detection\" multiple times; keep one"),
                wrong(
                        "processor of another signal",
                        GOOD,
                        GOOD.replace("  resource_detection:\n", "  resource_detection:\n  aggregate:\n")
                                .replace("    traces:\n", "    traces:\n      processors: [aggregate]\n"),
                        "c.yaml:19:20: service::pipelines::traces: processor \"aggregate\" can't be used for traces; it is for profiles"),
                wrong(
                        "unknown key of a pipeline",
                        "    traces:\n",
                        "    traces:\n      reciever: [otlp]\n",
                        "c.yaml:18:7: service::pipelines::traces::reciever: unknown key; did you mean 'receivers'?; allowed: receivers, processors, exporters, journal, ring_size, lanes, stage_threads, wait_strategy"),
                wrong(
                        "unknown type of extension",
                        "service:\n",
                        "extensions: {pprof: }\nservice:\n  extensions: [pprof]\n",
                        "c.yaml:11:14: extensions::pprof: unknown type: \"pprof\" for id: \"pprof\" (valid values: basicauth, bearertokenauth, health_check, recording, zpages)"),
                wrong(
                        "extensions that are no map",
                        "service:\n",
                        "extensions: [recording]\nservice:\n",
                        "c.yaml:11:13: extensions: expected a map of extensions, found a list"),
                wrong(
                        "setting of an extension",
                        "service:\n",
                        "extensions: {recording: {failur: x}}\nservice:\n  extensions: [recording]\n",
                        "c.yaml:11:26: extensions::recording::failur: unknown key; did you mean 'failure'?; allowed: failure"),
                wrong(
                        "missing extension",
                        "service:\n",
                        "extensions: {recording/a: }\nservice:\n  extensions: [recording]\n",
                        "c.yaml:13:16: service::extensions: references extension \"recording\" which is not configured; did you mean 'recording/a'?; configured: recording/a"),
                wrong(
                        "no extension",
                        "service:\n",
                        "service:\n  extensions: [recording]\n",
                        "c.yaml:12:16: service::extensions: references extension \"recording\" which is not configured; no extension is configured"),
                wrong(
                        "extension twice",
                        "service:\n",
                        "extensions: {recording: }\nservice:\n  extensions: [recording, recording]\n",
                        "c.yaml:13:27: service::extensions: references extension \"recording\" multiple times; keep one"),
                wrong(
                        "service extensions that are no list",
                        "service:\n",
                        "extensions: {recording: }\nservice:\n  extensions: recording\n",
                        "c.yaml:13:15: service::extensions: expected a list, found 'recording'; write [a, b]"),
                wrong(
                        "authenticator that is not configured",
                        "  otlp:\n",
                        "  otlp: {protocols: {http: {auth: {authenticator: bearertokenauth}}}}\n",
                        "c.yaml:2:51: receivers::otlp::protocols::http::auth::authenticator: references extension \"bearertokenauth\" which is not configured; no extension is configured"),
                wrong(
                        "authenticator that is none",
                        "  otlp:\n",
                        "  otlp: {protocols: {grpc: {auth: {authenticator: recording}}}}\nextensions: {recording: , basicauth/a: {htpasswd: {inline: 'a:b'}}}\n",
                        "c.yaml:2:51: receivers::otlp::protocols::grpc::auth::authenticator: extension \"recording\" is no authenticator; allowed: basicauth/a"),
                wrong(
                        "authenticator that is not started",
                        "  otlp:\n",
                        "  otlp: {protocols: {http: {auth: {authenticator: basicauth}}}}\nextensions: {basicauth: {htpasswd: {inline: 'a:b'}}}\n",
                        "c.yaml:2:51: receivers::otlp::protocols::http::auth::authenticator: authenticator \"basicauth\" is not started; add it to service::extensions"),
                wrong(
                        "authenticator that is not named",
                        "  otlp:\n",
                        "  otlp: {protocols: {http: {auth: }}}\n",
                        "c.yaml:2:34: receivers::otlp::protocols::http::auth::authenticator: must be given"),
                wrong(
                        "authenticator with a bad id",
                        "  otlp:\n",
                        "  otlp: {protocols: {http: {auth: {authenticator: basicauth/}}}}\n",
                        "c.yaml:2:51: receivers::otlp::protocols::http::auth::authenticator: 'basicauth/' is no id; write that of an authenticator, type or type/name"),
                wrong(
                        "bearer token without token",
                        "service:\n",
                        "extensions:\n  bearertokenauth:\nservice:\n  extensions: [bearertokenauth]\n",
                        "c.yaml:12:19: extensions::bearertokenauth: token, tokens or filename must be given; write filename: FILE or token: ${env:NAME}"),
                wrong(
                        "bearer token that is none",
                        "service:\n",
                        "extensions: {bearertokenauth: {token: 'hush hush'}}\nservice:\n  extensions: [bearertokenauth]\n",
                        "c.yaml:11:39: extensions::bearertokenauth::token: token must be of visible ASCII characters, one or more, without blanks"),
                wrong(
                        "htpasswd with another hash",
                        "service:\n",
                        "extensions: {basicauth: {htpasswd: {inline: 'a:{SHA}hush'}}}\nservice:\n  extensions: [basicauth]\n",
                        "c.yaml:11:36: extensions::basicauth::htpasswd: htpasswd inline, line 1: the password is hashed in a way that is not supported; use bcrypt (htpasswd -B)"),
                wrong(
                        "TLS without files",
                        "  otlp:\n",
                        "  otlp: {protocols: {grpc: {tls: {cert_file: a.pem}}}}\n",
                        "c.yaml:2:34: receivers::otlp::protocols::grpc::tls: tls must have cert_file and key_file; write tls: {cert_file: server.crt, key_file: server.key}"),
                wrong(
                        "old version of TLS",
                        "  otlp:\n",
                        "  otlp: {protocols: {http: {tls: {min_version: 1.1}}}}\n",
                        "c.yaml:2:48: receivers::otlp::protocols::http::tls::min_version: min_version 1.1 is broken and not spoken; allowed: 1.2, 1.3"),
                wrong(
                        "weak cipher suite",
                        "  otlp:\n",
                        "  otlp: {protocols: {http: {tls: {cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}}}}\n",
                        "c.yaml:2:50: receivers::otlp::protocols::http::tls::cipher_suites: cipher_suites: 'TLS_RSA_WITH_AES_128_CBC_SHA' is unknown or weak; allowed: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256"),
                wrong(
                        "ring size",
                        "service:\n",
                        "service:\n  ring_size: 100\n",
                        "c.yaml:12:14: service::ring_size: ring_size must be a power of two from 2 to 1048576, not 100; write 256"),
                wrong(
                        "empty journal",
                        "service:\n",
                        "service:\n  journal: {max_size: 0}\n",
                        "c.yaml:12:23: service::journal::max_size: max_size must be more than 0; write 64MiB"),
                wrong(
                        "metrics twice",
                        "service:\n",
                        "service:\n  telemetry: {metrics: {address: 'localhost:1', readers: [{pull: {exporter: {prometheus: }}}]}}\n",
                        "c.yaml:12:34: service::telemetry::metrics::address: address and readers say the same; keep one of them"),
                wrong(
                        "metrics port",
                        "service:\n",
                        "service:\n  telemetry: {metrics: {address: localhost:65536}}\n",
                        "c.yaml:12:34: service::telemetry::metrics::address: address 'localhost:65536' is no address; write host:port such as localhost:8888"),
                wrong(
                        "reader that sends to nobody",
                        "service:\n",
                        "service:\n  telemetry: {metrics: {readers: [{periodic: }]}}\n",
                        "c.yaml:12:45: service::telemetry::metrics::readers[0]::periodic::exporter: must be given"),
                wrong(
                        "log level",
                        "service:\n",
                        "service:\n  telemetry: {logs: {level: inof}}\n",
                        "c.yaml:12:29: service::telemetry::logs::level: 'inof' is unknown; did you mean 'info'?; allowed: debug, info, warn, error"),
                wrong(
                        "scheme of a variable",
                        "tries: 2",
                        "tries: ${vault:secret}",
                        "c.yaml:9:12: exporters::collecting::tries: ${vault:secret}: can't read 'vault'; allowed: ${env:NAME}, ${file:PATH}"),
                wrong(
                        "name of a variable",
                        "tries: 2",
                        "tries: ${env:9LIVES}",
                        "c.yaml:9:12: exporters::collecting::tries: '9LIVES' is no name of a variable; letters, digits and _ are allowed, no digit first"),
                wrong(
                        "open variable",
                        "tries: 2",
                        "name: ${env:A",
                        "c.yaml:9:11: exporters::collecting::name: '${env:A' opens a variable and doesn't close it; write ${env:NAME}"),
                wrong(
                        "missing file",
                        "tries: 2",
                        "name: ${file:missing.txt}",
                        "c.yaml:9:11: exporters::collecting::name: can't read the file missing.txt: NoSuchFileException /nowhere/missing.txt"),
                new Wrong(
                        "aggregate behind downsample",
                        GOOD.replace("  downsample/cpu:\n", "  aggregate:\n  downsample/cpu:\n")
                                .replace("downsample/cpu]", "downsample/cpu, aggregate]"),
                        "c.yaml:16:56: service::pipelines::profiles: processor \"aggregate\" comes after \"downsample/cpu\": its sums would be those of the samples that were kept; put aggregate before downsample"),
                wrong(
                        "metrics pipeline",
                        "    traces:\n",
                        "    metrics/a:\n",
                        "c.yaml:17:5: service::pipelines::metrics/a: pipelines of metrics are not supported; allowed: profiles, traces, profiles/name, traces/name"),
                wrong(
                        "receiver twice",
                        "receivers: [otlp]\n      exporters",
                        "receivers: [otlp, otlp]\n      exporters",
                        "c.yaml:18:25: service::pipelines::traces: references receiver \"otlp\" multiple times; keep one"),
                wrong(
                        "exporter twice",
                        "exporters: [collecting]\n    traces",
                        "exporters: [collecting, collecting]\n    traces",
                        "c.yaml:16:31: service::pipelines::profiles: references exporter \"collecting\" multiple times; keep one"),
                wrong(
                        "a key that is no text",
                        "    tries: 2\n",
                        "    tries: 2\n    [a, b]: c\n",
                        "c.yaml:10:5: exporters::collecting: a key must be text, not a list or a map"),
                wrong(
                        "too deep",
                        "tries: 2",
                        "tags: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                        "c.yaml:9:73: exporters::collecting::tags[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: too deep or too large; at most 64 levels and 100000 values are allowed"),
                wrong(
                        "empty item of a list",
                        "    tries: 2\n",
                        "    tags: [a, ~]\n    tries: 2\n",
                        "c.yaml:9:15: exporters::collecting::tags[1]: this item is empty; write a value or remove it"),
                wrong(
                        "key of a map without value",
                        "cpu/nanoseconds: 50000000",
                        "cpu/nanoseconds: ",
                        "c.yaml:6:18: processors::downsample/cpu::thresholds::cpu/nanoseconds: this key has no value; write one or remove it"),
                wrong(
                        "a map for one value",
                        "tries: 2",
                        "name: {a: b}",
                        "c.yaml:9:11: exporters::collecting::name: expected one value, found a map"),
                wrong(
                        "one value for a map",
                        "thresholds: {cpu/nanoseconds: 50000000}",
                        "thresholds: 5",
                        "c.yaml:6:17: processors::downsample/cpu::thresholds: expected a map, found '5'; write {key: value}"),
                wrong(
                        "a fraction that is none",
                        "thresholds: {cpu/nanoseconds: 50000000}",
                        "samples_per_second: many",
                        "c.yaml:6:25: processors::downsample/cpu::samples_per_second: 'many' is no number; write one such as 0.5"),
                wrong(
                        "two ids that are one",
                        "  downsample/cpu:\n",
                        "  downsample / cpu:\n  downsample/cpu:\n",
                        "c.yaml:6:3: processors::downsample/cpu: this id is there already; give one of them another name"),
                wrong(
                        "memory and a directory",
                        "service:\n",
                        "service:\n  journal: {ack: memory, directory: /j}\n",
                        "c.yaml:12:18: service::journal::ack: ack: memory keeps nothing on disk, and directory says where on disk; remove one of them"),
                wrong(
                        "a small disk",
                        "service:\n",
                        "service:\n  journal: {max_disk_size: 1KiB}\n",
                        "c.yaml:12:28: service::journal::max_disk_size: max_disk_size must be at least 1MiB; write 4GiB"),
                wrong(
                        "a size without a number",
                        "service:\n",
                        "service:\n  journal: {max_size: -5}\n",
                        "c.yaml:12:23: service::journal::max_size: a size can't be negative: -5; write 64MiB, 512KiB or a number of bytes"),
                wrong(
                        "journal of one pipeline",
                        "    traces:\n",
                        "    traces:\n      journal: {when_full: drop}\n",
                        "c.yaml:18:28: service::pipelines::traces::journal::when_full: 'drop' is unknown; allowed: refuse, drop_oldest"),
                wrong(
                        "ring of one pipeline",
                        "    traces:\n",
                        "    traces:\n      ring_size: 1\n",
                        "c.yaml:18:18: service::pipelines::traces::ring_size: ring_size must be a power of two from 2 to 1048576, not 1; write 256"),
                wrong(
                        "too many lanes",
                        "    traces:\n",
                        "    traces:\n      lanes: 65\n",
                        "c.yaml:18:14: service::pipelines::traces::lanes: lanes must be from 1 to 64, or 0 for what suits the machine, not 65; write 1"),
                wrong(
                        "negative lanes",
                        "service:\n",
                        "service:\n  lanes: -1\n",
                        "c.yaml:12:10: service::lanes: lanes must be from 1 to 64, or 0 for what suits the machine, not -1; write 1"),
                wrong(
                        "threads of stages",
                        "service:\n",
                        "service:\n  stage_threads: splitt\n",
                        "c.yaml:12:18: service::stage_threads: 'splitt' is unknown; did you mean 'split'?; allowed: fused, split"),
                wrong(
                        "wait strategy of one pipeline",
                        "    traces:\n",
                        "    traces:\n      wait_strategy: spin\n",
                        "c.yaml:18:22: service::pipelines::traces::wait_strategy: 'spin' is unknown; allowed: blocking, sleeping, yielding, busy_spin"),
                wrong(
                        "a ring that is too large",
                        "service:\n",
                        "service:\n  ring_size: 2097152\n",
                        "c.yaml:12:14: service::ring_size: ring_size must be a power of two from 2 to 1048576, not 2097152; write 256"),
                wrong(
                        "reloading all the time",
                        "service:\n",
                        "service:\n  reload_interval: 1ms\n",
                        "c.yaml:12:20: service::reload_interval: reload_interval must be 0s (never) or at least 100ms; write 10s"),
                wrong(
                        "receivers that are no map",
                        "receivers:\n  otlp:\n",
                        "receivers: otlp\n",
                        "c.yaml:1:12: receivers: expected a map of receivers, found 'otlp'",
                        "c.yaml:13:19: service::pipelines::profiles: references receiver \"otlp\" which is not configured; no receiver is configured",
                        "c.yaml:17:19: service::pipelines::traces: references receiver \"otlp\" which is not configured; no receiver is configured"),
                wrong(
                        "service that is no map",
                        "service:\n  pipelines:\n",
                        "service: here\nx:\n  pipelines:\n",
                        "c.yaml:11:1: service: must be given; write 'service: {pipelines: {…}}'",
                        "c.yaml:12:1: x: unknown key; allowed: receivers, processors, exporters, extensions, service"),
                wrong(
                        "pipelines that are a list",
                        "  pipelines:\n",
                        "  pipelines: []\n  x:\n",
                        "c.yaml:12:14: service::pipelines: service must have at least one pipeline; write 'profiles: {receivers: [otlp], exporters: [clickhouse]}'",
                        "c.yaml:13:3: service::x: unknown key; allowed: extensions, pipelines, telemetry, journal, ring_size, lanes, stage_threads, wait_strategy, reload_interval"),
                wrong(
                        "resource without actions",
                        "  downsample/cpu:\n",
                        "  resource:\n  downsample/cpu:\n",
                        "c.yaml:5:12: processors::resource: attributes must list at least one action; write [{key: k, action: upsert, value: v}]"),
                wrong(
                        "action without key",
                        "  downsample/cpu:\n",
                        "  resource: {attributes: [{action: delete}]}\n  downsample/cpu:\n",
                        "c.yaml:5:27: processors::resource::attributes[0]: key must be given for delete; write the attribute's key, or a pattern of keys"),
                wrong(
                        "unknown action",
                        "  downsample/cpu:\n",
                        "  resource: {attributes: [{action: remove, key: a}]}\n  downsample/cpu:\n",
                        "c.yaml:5:36: processors::resource::attributes[0]::action: 'remove' is unknown; allowed: insert, update, upsert, delete, hash, extract, convert"),
                wrong(
                        "bad pattern",
                        "  downsample/cpu:\n",
                        "  resource: {attributes: [{action: delete, pattern: '('}]}\n  downsample/cpu:\n",
                        "c.yaml:5:53: processors::resource::attributes[0]::pattern: pattern '(' is no regular expression (RE2): missing closing )"),
                wrong(
                        "requests in flight",
                        "  otlp:\n",
                        "  otlp: {max_requests_in_flight: 0}\n",
                        "c.yaml:2:34: receivers::otlp::max_requests_in_flight: max_requests_in_flight must be 1 or more, not 0"),
                wrong(
                        "alias without anchor",
                        "tries: 2",
                        "tags: *tags",
                        "c.yaml:9:11: this is no YAML: found undefined alias tags"),
                wrong(
                        "half a string",
                        "tries: 2",
                        "name: \"half",
                        "c.yaml:20:1: this is no YAML: while scanning a quoted scalar: found unexpected end of stream"),
                wrong(
                        "a file as a folder",
                        "tries: 2",
                        "name: ${file:/}",
                        "c.yaml:9:11: exporters::collecting::name: can't read the file /: IOException Is a directory"),
                wrong(
                        "all mistakes in one go",
                        "    tries: 2\n    pause: 1m30s\n",
                        "    tries: x\n    pause: y\n    delivers: z\n    nmae: a\n",
                        "c.yaml:9:12: exporters::collecting::tries: 'x' is no whole number; write digits such as 5",
                        "c.yaml:10:12: exporters::collecting::pause: 'y' is no length of time; write a number with ns, us, ms, s, m or h, such as 200ms, 5s or 1h30m",
                        "c.yaml:11:15: exporters::collecting::delivers: 'z' is not true or false; write true or false",
                        "c.yaml:12:5: exporters::collecting::nmae: unknown key; did you mean 'name'?; allowed: name, delivers, tries, pause, tags, failure, returns"));
    }
}
