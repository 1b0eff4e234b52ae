# Building when sources changed, and starting programs from target/. Sourced by ../stackhouse; needs $root and setup.sh.
# shellcheck shell=bash

programs=(cli collector-config bpf-agent clickhouse-embedded)

project_version() {
  sed -n '/<version>/{s:.*<version>\(.*\)</version>.*:\1:p;q;}' "$root/pom.xml"
}

is_built() {
  local module version stamp=$root/target/stackhouse-build.stamp
  version=$(project_version)
  [ -e "$stamp" ] || return 1
  for module in "${programs[@]}"; do
    [ -e "$root/$module/target/$module-$version.jar" ] && [ -d "$root/$module/target/lib" ] || return 1
  done
  # Folders count too: their time changes when a file in them is deleted.
  [ -z "$(find "$root" -mindepth 1 \( -name target -o -name node_modules -o -name '.*' -o -path "$root/data" \) -prune \
    -o \( -name pom.xml -o -path '*/src/main/*' \) -newer "$stamp" -print -quit 2> /dev/null)" ]
}

build_if_needed() {
  [ -z "$checks_are_skipped" ] || return 0
  ! is_built || return 0
  [ -w "$root" ] || fail_missing "the sources changed since the last build, or there was none, and $root can't be written by $(id -un): build as its owner with ./stackhouse setup"
  set_up_maven
  set_up_bpf_build
  local log started modules stamp=$root/target/stackhouse-build.stamp
  log=$(mktemp /tmp/stackhouse-build.XXXXXX)
  started=$SECONDS
  modules=$(IFS=,; echo "${programs[*]}")
  say "building with Maven (the first time it downloads its libraries; this can take minutes)"
  as_owner mkdir -p "$root/target"
  # The time before the build: what changes while it runs is built again.
  as_owner touch "$stamp.new"
  for module in "${programs[@]}"; do
    rm -rf "${root:?}/$module/target/lib"
  done
  if ! (cd "$root" && as_owner mvn -B -q -DskipTests -Dspotless.check.skip -pl "$modules" -am package) > "$log" 2>&1 < /dev/null; then
    tail -n 30 "$log" >&2
    ! grep -q 'Could not transfer\|Unknown host\|Could not find artifact' "$log" \
      || echo "stackhouse: Maven could not download something: check the network, a proxy or the mirror in ~/.m2/settings.xml" >&2
    echo "stackhouse: the build failed; its last lines are above, all of it in $log" >&2
    exit 1
  fi
  mv "$stamp.new" "$stamp"
  rm -f "$log"
  say "built in $((SECONDS - started)) s"
}

# run_program MODULE MAIN-CLASS ARGUMENT...: becomes that program, so that its pid is ours. $jvm_options names its file of options.
run_program() {
  local module=$1 main=$2 java line options=() columns=0
  local file=$root/$module/src/main/dist/${jvm_options:-jvm.options}
  unset jvm_options
  shift 2
  java=$(java_command)
  if [ -r "$file" ]; then
    while IFS= read -r line; do
      case "$line" in
        '' | '#'*) ;;
        *) options+=("$line") ;;
      esac
    done < "$file"
  fi
  [ "$(java_release)" -lt 22 ] || options+=(--enable-native-access=ALL-UNNAMED)
  if [ -t 1 ]; then
    columns=$(stty size < /dev/tty 2> /dev/null | cut -d ' ' -f 2 || true)
    options+=("-Dstackhouse.terminal.columns=${columns:-80}")
  fi
  if [ "$module" = clickhouse-embedded ]; then
    options+=("-Dstackhouse.libchdb=$root/clickhouse-embedded/node_modules/@chdb/$(clickhouse_package)/libchdb.so")
  fi
  # glibc keeps up to 8 arenas per CPU otherwise, which is memory that nobody uses.
  export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
  exec "$java" "${options[@]}" "-Dstackhouse.home=$root" \
    -cp "$root/$module/target/$module-$(project_version).jar:$root/$module/target/lib/*" "$main" "$@"
}
