#!/bin/sh
# Measures the release build: scripts/bench.sh [FOLDER] [OPTION...]; options are evalhost-bench's own.
# Build and stage first: swift build -c release, then scripts/stage-plugins.sh .build/release.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/.build/bench}
[ $# -eq 0 ] || shift
exec "$root/.build/release/evalhost-bench" --evalhost "$root/.build/release/evalhost" \
  --plugins "$root/Plugins" --folder "$folder" "$@"
