#!/usr/bin/env bash
# Benchmarks (JMH): builds what is needed, runs one, prints JMH's own report and then the ratios that docs/performance.md quotes.
#   scripts/benchmark.sh decoder|json [JMH-OPTION...]
#   decoder   the profiles decoder beside protobuf-java, on real payloads (see STACKHOUSE_CORPUS) and two made ones of 100,000 samples
#   json      JSON to protobuf beside protobuf-java-util's JsonFormat, on the same requests
# JMH options: -f FORKS, -wi and -i iterations, -p payload=NAME,NAME, -prof PROFILER, -rf json -rff FILE; -h for all of them.
# Times change with the machine's other load; only the ratios within one run say something.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
usage() { sed -n '2,7p' "$0" | cut -c3-; }

case "${1:-}" in
  decoder) module=pipeline main=io.stackhouse.pipeline.otlp.DecoderBenchmark ;;
  json) module=pipeline main=io.stackhouse.pipeline.otlp.json.JsonBenchmark ;;
  --help | -h) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
shift

classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
(cd "$root" && mvn -B -q -Dspotless.check.skip -pl "$module" -am test-compile \
  dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$classpath")
java -cp "$root/$module/target/test-classes:$root/$module/target/classes:$(cat "$classpath")" "$main" "$@"
