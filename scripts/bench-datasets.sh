#!/bin/sh
# Preparing a large JSONL from a declaration, and opening it for a run. scripts/bench-datasets.sh FOLDER [ROWS]
# The rows are made here; the default of 2,000,000 needs 1 GB of disk for a moment, 10,000,000 need 5.
set -eu
folder=$1
rows=${2:-2000000}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$folder/datasets
rm -rf "$work"
mkdir -p "$work/plugins/datasets/big"
cat >"$work/plugins/datasets/big/plugin.toml" <<'MANIFEST'
id = "big"
version = "1.0.0"
kind = ["dataset"]
license = "own"
[dataset]
source = "own"
format = "jsonl"
[[dataset.splits]]
split = "test"
file = "rows.jsonl"
[dataset.row]
question = "question"
expected_answer = { from = "answer", steps = [{ after_last = "####" }, "strip"] }
subject = "topic"
MANIFEST
awk -v rows="$rows" 'BEGIN { for (i = 0; i < rows; i++)
  printf "{\"id\": %d, \"question\": \"A shop sells pens in boxes of %d and gives a discount of %d percent; how many boxes does a school of %d pupils need?\", \"answer\": \"It needs some boxes, computed in steps. #### %d\", \"topic\": \"shops\"}\n", i, i % 50 + 1, i % 30, i, i % 977 }' \
  >"$work/plugins/datasets/big/rows.jsonl"
bytes=$(wc -c <"$work/plugins/datasets/big/rows.jsonl")
[ -x /usr/bin/time ] || { echo "bench-datasets: the package time is not installed, nothing is measured"; rm -rf "$work"; exit 0; }
prepare() {
  /usr/bin/time -f "%e %M" -o "$work/time" "$root/.build/release/evalhost" datasets prepare big_test \
    --plugins "$work/plugins" --data "$work/data" --cache "$work/cache" >/dev/null 2>&1
  cat "$work/time"
}
set -- $(prepare)
echo "datasets: $rows rows, $((bytes / 1000000)) MB, prepared in $1 s: $(awk -v b="$bytes" -v s="$1" 'BEGIN { printf "%.0f", b / s / 1e6 }') MB/s, peak $(($2 / 1024)) MiB"
set -- $(prepare)
echo "datasets: opened again in $1 s, peak $(($2 / 1024)) MiB"
rm -rf "$work"
