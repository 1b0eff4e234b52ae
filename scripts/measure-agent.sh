#!/usr/bin/env bash
# What a running agent costs between two moments after now, from its own metrics and from /proc. Needs root and curl.
#   scripts/measure-agent.sh PID METRICS-URL [FROM-SECONDS TO-SECONDS]
# Example: minutes 2 to 7 of an agent that was started just now
#   scripts/measure-agent.sh "$(pgrep -f io.stackhouse.agent.AgentMain)" http://localhost:8889/metrics 120 420
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,5p' "$0" | cut -c3- >&2; exit 2; }
pid=$1 url=$2 from=${3:-120} to=${4:-420}

metric() { awk -v name="stackhouse_agent_$1" '$1 == name { print $2 }' "$2"; }
ticks() { cut -d ')' -f 2- "/proc/$pid/stat" | awk '{ print $12, $13 }'; }
idle() { awk '/^cpu / { print $5 + $6 }' /proc/stat; }

before=$(mktemp) after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT
sleep "$from"
curl -sf "$url" > "$before"; t0=$(ticks) i0=$(idle) s0=$(date +%s.%N)
sleep $((to - from))
curl -sf "$url" > "$after"; t1=$(ticks) i1=$(idle) s1=$(date +%s.%N)

awk -v t0="$t0" -v t1="$t1" -v i0="$i0" -v i1="$i1" -v s="$(awk "BEGIN { print $s1 - $s0 }")" -v hz="$(getconf CLK_TCK)" -v cpus="$(nproc)" \
  -v c0="$(metric process_cpu_seconds_total "$before")" -v c1="$(metric process_cpu_seconds_total "$after")" \
  -v n0="$(metric samples_total "$before")" -v n1="$(metric samples_total "$after")" \
  -v l0="$(metric samples_lost_total "$before")" -v l1="$(metric samples_lost_total "$after")" \
  -v b0="$(metric stacks_new_total "$before")" -v b1="$(metric stacks_new_total "$after")" \
  -v r0="$(metric bpf_run_seconds_total "$before")" -v r1="$(metric bpf_run_seconds_total "$after")" \
  -v k0="$(metric bpf_runs_total "$before")" -v k1="$(metric bpf_runs_total "$after")" \
  -v rss="$(metric process_resident_memory_without_maps_bytes "$after")" -v maps="$(metric bpf_map_memory_bytes "$after")" \
  -v proc="$(awk '/^Rss:/ { print $2 }' "/proc/$pid/smaps_rollup")" 'BEGIN {
    split(t0, a, " "); split(t1, b, " ")
    printf "seconds                      %.0f\n", s
    printf "CPUs busy                    %.1f %% of %d\n", 100 - 100 * (i1 - i0) / hz / s / cpus, cpus
    printf "samples                      %.1f per second, %d lost, %.1f %% new stacks\n", (n1 - n0) / s, l1 - l0, 100 * (b1 - b0) / (n1 - n0)
    printf "agent CPU, own metric        %.3f %% of one core\n", 100 * (c1 - c0) / s
    printf "agent CPU, /proc             %.3f %% of one core: user %.3f, system %.3f\n", 100 * (b[1] + b[2] - a[1] - a[2]) / hz / s, 100 * (b[1] - a[1]) / hz / s, 100 * (b[2] - a[2]) / hz / s
    printf "agent RSS without BPF maps   %.1f MB, own metric; with them %.1f MB, /proc\n", rss / 1e6, proc * 1024 / 1e6
    if (k1 > k0) printf "BPF program                  %.1f us per sample, %.4f %% of all CPUs\n", 1e6 * (r1 - r0) / (k1 - k0), 100 * (r1 - r0) / s / cpus
    else print "BPF program                  not timed (that takes CAP_SYS_ADMIN)"
    printf "BPF maps                     %.1f MiB\n", maps / 1048576
  }'
