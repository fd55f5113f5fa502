#!/bin/sh
# Writes the record layout of every struct of the plugin ABI as clang computes it, one field a line,
# to Sources/PluginAPI/layout-v1.0.txt; with --check compares instead and exits 1 on a difference.
# A changed line means that plugins already built would break: only lines at a struct's end may be new.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
header=$root/Sources/PluginAPI/include/evalhost_plugin.h
golden=$root/Sources/PluginAPI/layout-v1.0.txt
clang=${CLANG:-clang}

case ${1:-} in
  '' | --check) ;;
  *) echo "usage: ${0##*/} [--check]" >&2; exit 2 ;;
esac
command -v "$clang" >/dev/null || {
  echo "${0##*/}: no clang on PATH; put the Swift toolchain's bin folder there or set CLANG" >&2
  exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A struct's layout is dumped when something needs its size: one array for each.
{
  echo '#include "evalhost_plugin.h"'
  sed -n 's/^typedef struct \(evh_[a-z_]*\) {.*/extern char size_of_\1[sizeof(struct \1)];/p' "$header"
} > "$work/all.c"

# Depth-one fields and the size line only: what a nested evh_str holds is said once, at evh_str.
dump() {
  "$clang" --target="$1" -std=c11 -ffreestanding -fsyntax-only -I "$(dirname "$header")" \
    -Xclang -fdump-record-layouts "$work/all.c" |
    sed -n -e 's/^ *0 | struct \(evh_[a-z_]*\)$/\n\1/p' \
      -e 's/^ *\([0-9][0-9]*\) |   \([^ ].*\)$/  \1 \2/p' \
      -e 's/^ *| \(\[sizeof=.*\]\)$/  \1/p'
}

dump x86_64-unknown-linux-gnu > "$work/x86_64"
dump aarch64-unknown-linux-gnu > "$work/aarch64"
diff -u "$work/x86_64" "$work/aarch64" >&2 || {
  echo "${0##*/}: the layout differs between x86_64 and aarch64" >&2
  exit 1
}
{
  echo '# Layout of evalhost_plugin.h, ABI 1.0, on x86_64 and aarch64 Linux: offset, type, field.'
  echo '# Made by scripts/dump-abi-layout.sh. A released line never changes; fields are added at the end.'
  cat "$work/x86_64"
} > "$work/layout"

if [ "${1:-}" = --check ]; then
  diff -u "$golden" "$work/layout" >&2 || {
    echo "${0##*/}: the header no longer has the layout of ${golden##*/}" >&2
    exit 1
  }
else
  cp "$work/layout" "$golden"
fi
