#!/usr/bin/env bash
# Fuzzes what reads foreign bytes, for longer than the build does.
set -euo pipefail

root=$(cd -P "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

targets() {
  sed -n 's/^ *\([A-Z0-9_]*\)("[a-z-]*", "io\.stackhouse.*/\1/p' "$root/integration-tests/src/test/java/io/stackhouse/it/FuzzTarget.java" \
    | tr 'A-Z_' 'a-z-'
}

usage() {
  cat <<EOF
Usage: scripts/fuzz.sh [--minutes N] [--parallel N] [--seed N] [--maven OPTION]... [TARGET]...

Runs Jazzer on each target (all when none is named) for N minutes (30), some at a time (2, one processor each), with a seed that is
printed (another one each time; builds have 1), and prints progress
every 30 seconds and a summary: executions, coverage, slowest unit, peak memory, findings. The corpus is kept in
integration-tests/target/fuzz/TARGET/corpus, and the next run goes on with it. An input that breaks a target is put beside the
target's seeds (MODULE/src/test/fuzz/TARGET/finding-...), where the unit tests run it from then on; that target's run ends there.

Exit code: 0 nothing was found, 1 something was (or the build failed), 2 wrong usage.

Targets: $(targets | tr '\n' ' ')

Examples:
  scripts/fuzz.sh
  scripts/fuzz.sh --minutes 5 traces
  scripts/fuzz.sh --maven -o --minutes 1
EOF
}

minutes=30
parallel=2
seed=$((RANDOM + 1))
maven=()
chosen=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help)
      usage
      exit 0
      ;;
    --minutes | --parallel | --seed | --maven)
      [ $# -ge 2 ] || { echo "fuzz.sh: $1 needs a value; --help explains" >&2; exit 2; }
      case "$1" in
        --minutes) minutes=$2 ;;
        --parallel) parallel=$2 ;;
        --seed) seed=$2 ;;
        --maven) maven+=("$2") ;;
      esac
      shift 2
      ;;
    -*)
      echo "fuzz.sh: no option '$1'; --help lists them" >&2
      exit 2
      ;;
    *)
      targets | grep -qx -- "$1" || { echo "fuzz.sh: no target '$1'; there are: $(targets | tr '\n' ' ')" >&2; exit 2; }
      chosen+=("$1")
      shift
      ;;
  esac
done
for number in "$minutes" "$parallel" "$seed"; do
  [[ "$number" =~ ^[1-9][0-9]*$ ]] || { echo "fuzz.sh: '$number' is no number of 1 or more" >&2; exit 2; }
done

cd "$root"
names=$(IFS=,; echo "${chosen[*]:-}")
mvn -B -q ${maven[@]+"${maven[@]}"} verify -pl integration-tests -am \
  -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=FuzzIT -Dfailsafe.failIfNoSpecifiedTests=false \
  -Dstackhouse.fuzz.seconds=$((minutes * 60)) -Dstackhouse.fuzz.parallel="$parallel" -Dstackhouse.fuzz.seed="$seed" -Dstackhouse.fuzz.targets="$names" \
  -Dstackhouse.fuzz.keep=true || exit 1
