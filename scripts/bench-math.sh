#!/bin/sh
# CPU time of math_equal for pairs of references and answers, beside the official Math-Verify's: scripts/bench-math.sh FOLDER
# Needs `../shared/data`, which has the pairs, and the release build (or EVALHOST_BENCH_MATH). Math-Verify comes from PyPI
# into FOLDER; without it only ours is measured, and this ends without a failure.
set -eu
folder=$1
here=$(cd "$(dirname "$0")/.." && pwd)
bench=${EVALHOST_BENCH_MATH:-$here/.build/release/evalhost-bench-math}
data=$here/../shared/data/math
[ -d "$data" ] || { echo "bench-math: no ../shared/data here, no pairs to compare"; exit 0; }
python=${MATH_VERIFY_PYTHON:-$folder/math-verify/bin/python}
if [ ! -x "$python" ]; then
  mkdir -p "$folder"
  { /usr/bin/env python3 -m venv "$folder/math-verify" &&
    "$python" -m pip install -q math-verify==0.9.0; } >"$folder/math-verify.log" 2>&1 ||
    echo "bench-math: Math-Verify could not be installed, see $folder/math-verify.log"
fi
for pairs in pairs_recorded.half pairs_suites.half; do
  ours=$("$bench" "$data/$pairs.jsonl")
  echo "$pairs: $ours"
  "$python" -c 'import math_verify' 2>/dev/null || continue
  theirs=$("$python" - "$data/$pairs.jsonl" <<'SCRIPT'
import json, logging, sys, time
from math_verify import parse, verify
logging.disable(logging.CRITICAL)
rows = [json.loads(line) for line in open(sys.argv[1])]
# Bare answers are set as formulas, texts with marks of their own are left as they are.
def text(row, side):
    value = "" if row[side] is None else str(row[side])
    return value if row.get("kind") == "extract_and_compare" else f"${value}$"
parse("$1$")
agreeing = expected = 0
start = time.process_time()
for row in rows:
    try:
        equal = verify(parse(text(row, "gold")), parse(text(row, "prediction")))
    except Exception:
        equal = False
    if row["expected_equal"] is not None:
        expected += 1
        agreeing += equal == row["expected_equal"]
print(f"{time.process_time() - start:.4f} {agreeing} {expected}")
SCRIPT
  )
  first=$(echo "$ours" | sed -n 's/^CPU time: \([0-9.]*\) ms at first, \([0-9.]*\) ms.*/\1/p')
  later=$(echo "$ours" | sed -n 's/^CPU time: \([0-9.]*\) ms at first, \([0-9.]*\) ms.*/\2/p')
  echo "$theirs $first $later" | awk -v pairs="$pairs" '{
    printf "%s: Math-Verify %.0f ms, %d of %d verdicts as expected; %.0f times as long as ours at first, %.0f afterwards\n",
      pairs, $1 * 1000, $2, $3, $1 * 1000 / $4, $1 * 1000 / $5 }'
done
