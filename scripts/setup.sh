# Set-up: one function per need. Each does nothing when the need is met; as root on a system with apt it installs, elsewhere it names
# what to install and ends with exit code 3. Sourced by ../stackhouse; needs $root.
# shellcheck shell=bash

readonly missing_exit=3
min_java=17
apt_is_updated=
checks_are_skipped=${STACKHOUSE_NO_SETUP:-}

say() {
  echo "set-up: $*" >&2
}

fail_missing() {
  echo "stackhouse: $*" >&2
  exit "$missing_exit"
}

require_linux() {
  [ "$(uname -s)" = Linux ] || fail_missing "this is $(uname -s); Stackhouse profiles Linux with eBPF and runs there only (a virtual machine will do)"
}

require_root_for_up() {
  [ -n "$checks_are_skipped" ] || [ "$(id -u)" -eq 0 ] \
    || fail_missing "up needs root: sampling the machine's processes takes CAP_BPF and CAP_PERFMON. Run: sudo $root/stackhouse up
ClickHouse and collector will not run as root, and the agent only keeps five capabilities."
}

can_install() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null
}

# The lists may be absent in a fresh container; once per run.
apt_update() {
  [ -z "$apt_is_updated" ] || return 0
  apt_is_updated=yes
  say "apt-get update"
  apt-get update > /dev/null 2>&1 || say "apt-get update had errors; going on with the lists that are here"
}

# apt_install WHAT-FOR PACKAGE...: true when they are installed. The whole output goes to a log.
apt_install() {
  local why=$1 log
  shift
  can_install || return 1
  apt_update
  log=$(mktemp /tmp/stackhouse-setup.XXXXXX)
  say "apt-get install -y $* (for $why)"
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >> "$log" 2>&1 < /dev/null; then
    say "that failed; the end of $log:"
    tail -n 15 "$log" >&2
    return 1
  fi
  rm -f "$log"
}

# need WHAT-FOR PACKAGE...: installs them or ends.
need() {
  local why=$1
  apt_install "$@" && return
  shift
  fail_missing "missing for $why. On Debian or Ubuntu: sudo apt-get install $*
Elsewhere install what your system calls these packages, then run the command again."
}

java_command() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    echo "$JAVA_HOME/bin/java"
  else
    command -v java || true
  fi
}

# The feature release of java, 0 without one.
java_release() {
  local java text
  java=$(java_command)
  if [ -z "$java" ]; then
    echo 0
    return
  fi
  text=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java\.specification\.version = //p')
  case "$text" in
    1.*) echo "${text#1.}" ;;
    '') echo 0 ;;
    *) echo "$text" ;;
  esac
}

# Sets $jdk to the package of the oldest release that will do.
choose_jdk() {
  local package
  jdk=openjdk-17-jdk-headless
  ! can_install || apt_update
  for package in openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless; do
    if apt-cache show "$package" > /dev/null 2>&1; then
      jdk=$package
      return
    fi
  done
}

set_up_java() {
  [ -z "$checks_are_skipped" ] || return 0
  local release
  release=$(java_release)
  [ "$release" -lt "$min_java" ] || return 0
  if [ -n "${JAVA_HOME:-}" ] && [ "$release" -gt 0 ]; then
    fail_missing "JAVA_HOME=$JAVA_HOME is Java $release; Stackhouse needs a JDK $min_java or later"
  fi
  choose_jdk
  need "running and building (a JDK $min_java or later; found: $release)" "$jdk"
}

set_up_maven() {
  if ! command -v javac > /dev/null && [ ! -x "${JAVA_HOME:-/nonexistent}/bin/javac" ]; then
    choose_jdk
    need "building (a JDK with javac)" "$jdk"
  fi
  command -v mvn > /dev/null || need "building" maven
}

# Programs that Debian keeps in sbin are not on every PATH.
has_library() {
  { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2> /dev/null || true; } | grep -q "$1"
}

set_up_libbpf() {
  [ -z "$checks_are_skipped" ] || return 0
  has_library 'libbpf\.so\.1' || need "loading BPF programs" libbpf1
}

set_up_util_linux() {
  [ -z "$checks_are_skipped" ] || return 0
  { command -v setpriv && command -v unshare && command -v setsid; } > /dev/null || need "dropping privileges (setpriv, unshare, setsid)" util-linux
}

# Without these the committed BPF object is used, so a failure here ends nothing.
set_up_bpf_build() {
  local packages=()
  command -v clang > /dev/null || packages+=(clang)
  command -v llvm-strip > /dev/null || packages+=(llvm)
  [ -e /usr/include/bpf/bpf_helpers.h ] || packages+=(libbpf-dev)
  [ -e /usr/include/linux/bpf.h ] || packages+=(linux-libc-dev)
  [ "${#packages[@]}" -gt 0 ] || return 0
  apt_install "compiling the BPF programs" "${packages[@]}" \
    || say "without ${packages[*]} the BPF objects that come with the sources are used; to compile them: apt-get install ${packages[*]}"
}

set_up_test_tools() {
  local packages=()
  command -v gcc > /dev/null || packages+=(gcc libc6-dev)
  command -v g++ > /dev/null || packages+=(g++)
  command -v go > /dev/null || packages+=(golang-go)
  command -v python3 > /dev/null || packages+=(python3)
  command -v curl > /dev/null || packages+=(curl)
  [ "${#packages[@]}" -eq 0 ] || need "the programs that tests profile" "${packages[@]}"
}

# The browser that a test opens the flame graph in.
set_up_browser() {
  { command -v chromium || command -v chromium-browser || command -v google-chrome; } > /dev/null || need "the test of the flame graph" chromium
}

# The OpenTelemetry JavaScript SDK, which tests send spans with.
set_up_javascript_sdk() {
  local module=$root/integration-tests/src/test/js log
  [ ! -d "$module/node_modules/@opentelemetry" ] || return 0
  command -v npm > /dev/null || need "the tests' OpenTelemetry JavaScript SDK" nodejs npm
  log=$(mktemp /tmp/stackhouse-setup.XXXXXX)
  say "npm ci in integration-tests/src/test/js (fetches the OpenTelemetry JavaScript SDK, 42 MB unpacked)"
  if ! (cd "$module" && as_owner npm ci --ignore-scripts --no-audit --no-fund) > "$log" 2>&1 < /dev/null; then
    tail -n 15 "$log" >&2
    fail_missing "npm could not fetch the packages in $module/package-lock.json (its last lines are above, all of it in $log). It needs
the npm registry: check the network, a proxy (npm config set proxy) or a mirror (npm config set registry), then try again."
  fi
  rm -f "$log"
}

clickhouse_package() {
  case "$(uname -m)" in
    x86_64) echo lib-linux-x64-gnu ;;
    aarch64) echo lib-linux-arm64-gnu ;;
    *) fail_missing "the embedded ClickHouse is there for x86_64 and aarch64, not for $(uname -m). Use a ClickHouse server, and collector and agent alone." ;;
  esac
}

set_up_clickhouse() {
  [ -z "$checks_are_skipped" ] || return 0
  local module=$root/clickhouse-embedded package log
  package=$(clickhouse_package)
  [ ! -s "$module/node_modules/@chdb/$package/libchdb.so" ] || return 0
  command -v npm > /dev/null || need "fetching the ClickHouse library" npm
  log=$(mktemp /tmp/stackhouse-setup.XXXXXX)
  say "npm ci in clickhouse-embedded (fetches the ClickHouse library, 180 MB, 570 MB unpacked)"
  if ! (cd "$module" && as_owner npm ci --no-audit --no-fund) > "$log" 2>&1 < /dev/null \
    || [ ! -s "$module/node_modules/@chdb/$package/libchdb.so" ]; then
    tail -n 15 "$log" >&2
    fail_missing "npm could not fetch @chdb/$package (its last lines are above, all of it in $log). It needs the npm registry: check the
network, a proxy (npm config set proxy) or a mirror (npm config set registry), then run ./stackhouse setup again."
  fi
  rm -f "$log"
}

# Runs as the one who called sudo when the project belongs to them, so that no file of root's is left in it.
owner_prefix() {
  local home
  owner=()
  if [ "$(id -u)" -eq 0 ] && [ "${SUDO_UID:-0}" -ne 0 ] && [ "$(stat -c %u "$root")" -eq "$SUDO_UID" ] && command -v setpriv > /dev/null; then
    home=$(getent passwd "$SUDO_UID" | cut -d: -f6 || true)
    [ -z "$home" ] || owner=(setpriv "--reuid=$SUDO_UID" "--regid=$SUDO_GID" --init-groups env "HOME=$home")
  fi
}

as_owner() {
  local owner
  owner_prefix
  "${owner[@]}" "$@"
}
