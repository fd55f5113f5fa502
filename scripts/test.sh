#!/usr/bin/env bash
# Runs the tests that are built. Each failure is said again at the end, where whoever reads a log looks first.
set -uo pipefail
cd "$(dirname "$0")/.."
log=.build/test.log
swift test --skip-build --disable-xctest --no-parallel "$@" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
if [ "$code" -ne 0 ]; then
  echo "--- what failed (whole log: $log)"
  grep -A 12 '^✘ Test .* recorded an issue' "$log" | cut -c 1-2000 | head -n 200
  grep '^✘' "$log" | grep -v 'recorded an issue' | cut -c 1-500 | head -n 50
fi
exit "$code"
