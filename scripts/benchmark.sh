#!/usr/bin/env bash
# Benchmarks and campaigns by hand: builds what is needed, runs one, prints its report and the ratios that docs/performance.md quotes.
#   scripts/benchmark.sh decoder|json|sampling|stages|lanes|thread-context [JMH-OPTION...]
#   scripts/benchmark.sh downsampling [RUNS [SEED]]
#   scripts/benchmark.sh store FOLDER ROWS LINKED-PERCENT INSTANCES SEED [queries] [variants]
#   scripts/benchmark.sh journal-latency FOLDER REQUESTS-PER-SECOND BODY-BYTES SECONDS
#   scripts/benchmark.sh journal-recovery FOLDER MEGABYTES BODY-BYTES
#   scripts/benchmark.sh journal-kills FOLDER KILLS SEED REQUESTS-PER-SECOND never|later
#   scripts/benchmark.sh delivery-kills FOLDER KILLS SEED SAMPLES COLLECTORS [SMALL-FILE-SYSTEM]
#   decoder   the profiles decoder beside protobuf-java, on real payloads (see STACKHOUSE_CORPUS) and two made ones of 100,000 samples
#   json      JSON to protobuf beside protobuf-java-util's JsonFormat, on the same requests
#   sampling  the processors aggregate and downsample, time and memory per row, beside one walk over the rows; with 'cpu' alone, CPU times
#   stages    each processor, time and memory per sample
#   lanes     the hand-off through the rings of 1, 2 and 4 lanes, processors on one thread or one each, time and memory per sample
#   thread-context    making a span current and closing its scope, without and with what profilers read, time and memory per scope
#   downsampling      simulates sampled sums: bias, variance and intervals beside the formulas of docs/downsampling.md; 200,000 runs when not said,
#                     by three fixed seeds and a random one, which is printed; fails when a bound is broken
#   store     our tables beside the Collector exporter's, with the same made samples: bytes, inserts, six queries whose answers must be equal;
#             variants: sort keys, ids of names, hours by shape
#   journal-latency   how long clients wait for answers of a collector with a journal on disk, beside bare fdatasyncs
#   journal-recovery  how long a journal takes to start, beside a plain read of its files
#   journal-kills     a collector is killed again and again; each answered request must be there once. never|later: when its
#                     destination settles requests
#   delivery-kills    ClickHouse and collectors are killed, connections reset, and, with a small file system of its own, the disk filled;
#                     each acknowledged sample must be in ClickHouse once
# The journals' figures are those of the disk that FOLDER lies on; what they leave there is for you to look at and delete.
# JMH options: -f FORKS, -wi and -i iterations, -p payload=NAME,NAME, -prof PROFILER, -rf json -rff FILE; -h for all of them.
# Times change with the machine's other load; only the ratios within one run say something.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
usage() { sed -n '2,28p' "$0" | cut -c3-; }

case "${1:-}" in
  decoder) module=pipeline main=io.stackhouse.pipeline.otlp.DecoderBenchmark ;;
  json) module=pipeline main=io.stackhouse.pipeline.otlp.json.JsonBenchmark ;;
  sampling) module=processor main=io.stackhouse.processor.SamplingBenchmark ;;
  stages) module=processor main=io.stackhouse.processor.StageBenchmark ;;
  lanes) module=pipeline main=io.stackhouse.pipeline.ring.LaneBenchmark ;;
  thread-context) module=thread-context main=io.stackhouse.threadcontext.ContextBenchmark ;;
  downsampling) module=processor main=io.stackhouse.processor.downsample.DownsampleCampaign ;;
  store) module=exporter main=io.stackhouse.exporter.clickhouse.StoreComparison ;;
  journal-latency) module=integration-tests main=io.stackhouse.it.AckLatency ;;
  journal-recovery) module=integration-tests main=io.stackhouse.it.JournalRecovery ;;
  journal-kills) module=integration-tests main=io.stackhouse.it.KillCampaign ;;
  delivery-kills) module=integration-tests main=io.stackhouse.it.DeliveryCampaign ;;
  --help | -h) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
shift

classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
(cd "$root" && mvn -B -q -Dspotless.check.skip -pl "$module" -am test-compile \
  dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$classpath")
java -cp "$root/$module/target/test-classes:$root/$module/target/classes:$(cat "$classpath")" "$main" "$@"
