#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the native libraries for each architecture into the folder given. For an architecture without a GCC, and without jni.h, the
# committed libraries of the same source are taken instead.
#   build.sh OUT [JAVA_HOME]          as above
#   build.sh --prebuilt [JAVA_HOME]   renews prebuilt/ (commit the result together with the source); needs both compilers
#
# GCC, because clang knows -mtls-dialect=gnu2 on x86-64 only from 19 on. -nostdlib: what the libraries need of libc is in every process
# already, and unversioned references load with any glibc, and with musl.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here" # relative file names, so that the libraries do not depend on where the project lies

out=${1:?usage: build.sh OUT|--prebuilt [JAVA_HOME]}
[ "$out" != --prebuilt ] || out=$here/prebuilt
java_home=${2:-${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac || echo /)")")")}}
mkdir -p "$out"

find_gcc() { # of the architecture, native or cross
    if [ -n "${NO_GCC:-}" ]; then
        return
    fi
    for name in gcc "$1-linux-gnu-gcc"; do
        if command -v "$name" >/dev/null 2>&1 && "$name" --version 2>/dev/null | grep -q "Free Software Foundation"; then
            case $("$name" -dumpmachine) in "$1"-*linux*) echo "$name"; return ;; esac
        fi
    done
}

flags="-std=gnu11 -O2 -fPIC -fvisibility=hidden -Wall -Wextra -Werror -fno-stack-protector -U_FORTIFY_SOURCE -fno-plt
  -fasynchronous-unwind-tables"
link="-shared -nostdlib -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--hash-style=both -Wl,--build-id=sha1 -s"

compile() { # GCC ARCH
    arch_flags="-mtls-dialect=gnu2 -fcf-protection=none"
    [ "$2" = x86_64 ] || arch_flags="-mbranch-protection=none -mno-outline-atomics"
    library=$out/stackhouse-context-$2.so
    # shellcheck disable=SC2086
    "$1" $flags $arch_flags $link -Wl,-z,nodelete -o "$library.tmp" context.c
    mv "$library.tmp" "$library"
    library=$out/stackhouse-context-jni-$2.so
    # shellcheck disable=SC2086
    "$1" $flags $arch_flags $link -isystem "$java_home/include" -isystem "$java_home/include/linux" \
        -o "$library.tmp" jni.c
    mv "$library.tmp" "$library"
}

for arch in x86_64 aarch64; do
    gcc=$(find_gcc $arch)
    if [ -n "$gcc" ] && [ -f "$java_home/include/jni.h" ]; then
        compile "$gcc" $arch
        major=$("$gcc" -dumpversion)
        [ "$out" != "$here/prebuilt" ] || echo "$major" >"prebuilt/GCC_MAJOR"
        echo "build.sh: compiled the native libraries for $arch with $gcc ($major)"
    else
        [ "$out" != "$here/prebuilt" ] || { echo "build.sh: a GCC for $arch, or jni.h, is missing" >&2; exit 1; }
        echo "build.sh: no GCC for $arch, or no jni.h: taking the committed libraries (built with GCC $(cat prebuilt/GCC_MAJOR))"
        cp "prebuilt/stackhouse-context-$arch.so" "prebuilt/stackhouse-context-jni-$arch.so" "$out/"
    fi
done
