#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the BPF program for each architecture into the folder given. Without clang, llvm-strip or libbpf's headers
# the committed objects of the same source are taken instead.
#   build.sh OUT              as above
#   build.sh --prebuilt       renews prebuilt/ (commit the result together with the source)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here" # relative file names, so that the object does not depend on where the project lies

out=${1:?usage: build.sh OUT | --prebuilt}
[ "$out" != --prebuilt ] || out=$here/prebuilt
mkdir -p "$out"

find_tool() { # newest name first that exists
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
}
clang=${CLANG:-$(find_tool clang-14 clang)}
version=
[ -z "$clang" ] || version=$("$clang" --version 2>/dev/null | sed -n 's/.*clang version \([0-9]*\).*/\1/p' | head -1)
strip=${LLVM_STRIP:-$(find_tool "llvm-strip-$version" llvm-strip)}

if [ -z "$version" ] || [ -z "$strip" ] || [ ! -f /usr/include/bpf/bpf_core_read.h ]; then
    [ "$out" != "$here/prebuilt" ] || { echo "build.sh: clang, llvm-strip or libbpf-dev is missing" >&2; exit 1; }
    echo "build.sh: clang, llvm-strip or libbpf-dev is missing: taking the committed BPF objects (built with clang $(cat prebuilt/CLANG_MAJOR))"
    cp prebuilt/stackhouse-*.bpf.o "$out/"
    exit 0
fi

# asm/types.h lies in the multiarch folder on Debian; its content is the same for both architectures.
include=
for folder in "/usr/include/$(uname -m)-linux-gnu" /usr/include/x86_64-linux-gnu /usr/include/aarch64-linux-gnu; do
    if [ -f "$folder/asm/types.h" ]; then
        include="-idirafter $folder"
        break
    fi
done

for arch in x86_64 arm64; do
    target=$arch
    [ "$arch" != x86_64 ] || target=x86
    object=$out/stackhouse-$arch.bpf.o
    # shellcheck disable=SC2086
    "$clang" -target bpfel -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
        "-D__TARGET_ARCH_$target" "-fdebug-prefix-map=$here=." "-fdebug-compilation-dir=." \
        $include -c stackhouse.bpf.c -o "$object.tmp"
    "$strip" -g "$object.tmp"
    mv "$object.tmp" "$object"
done
[ "$out" != "$here/prebuilt" ] || echo "$version" >prebuilt/CLANG_MAJOR
echo "build.sh: compiled the BPF program with $clang ($version)"
