#!/bin/sh
# CPU time of IFEval's instructions for recorded responses, beside the official Python code's: scripts/bench-instructions.sh FOLDER [ROUNDS]
# Needs `../shared/data`, which has the responses, and the release build (or EVALHOST_BENCH_INSTRUCTIONS). The official code
# and its libraries come from PyPI into FOLDER/official; without them only ours is measured. Each round is a new process,
# ours and the official one in turns; shown are the least and the median of all rounds.
set -eu
folder=$1; rounds=${2:-3}
here=$(dirname "$0")/..
bench=${EVALHOST_BENCH_INSTRUCTIONS:-$here/.build/release/evalhost-bench-instructions}
data=$here/../shared/data/ifeval
[ -d "$data/responses" ] || { echo "bench-instructions: no ../shared/data here, no responses to judge"; exit 0; }
official=$folder/official
install() {
  mkdir -p "$official/nltk_data/tokenizers/punkt_tab"
  [ -e "$official/nltk_data/tokenizers/punkt_tab/english" ] ||
    cp -r "$data/support/punkt_tab_english" "$official/nltk_data/tokenizers/punkt_tab/english"
  chmod -R u+w "$official/nltk_data"
  python3 -m venv "$official/venv" &&
    "$official/venv/bin/pip" -q install nltk==3.9.1 langdetect==1.0.9 absl-py immutabledict packaging &&
    "$official/venv/bin/pip" -q download --no-deps --only-binary :all: -d "$official" lm_eval==0.4.9 &&
    "$official/venv/bin/python" -c 'import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
wheel.extractall(sys.argv[2], [n for n in wheel.namelist() if n.startswith("lm_eval/tasks/ifeval/")])' \
      "$official"/lm_eval-0.4.9-*.whl "$official"
}
python=
if [ -d "$official/lm_eval" ] || install >"$folder/official.log" 2>&1; then
  python=$official/venv/bin/python
  export NLTK_DATA="$official/nltk_data"
else
  echo "bench-instructions: the official code could not be had, see $folder/official.log"
fi
for responses in "$data"/responses/*.jsonl.gz; do
  model=$(basename "$responses" .jsonl.gz)
  case $model in
    deepseek-llm-repo*) prompts=$data/input_data_v1.jsonl ;;
    *) prompts=$data/input_data_2023.jsonl ;;
  esac
  round=0
  while [ "$round" -lt "$rounds" ]; do
    "$bench" "$prompts" "$responses" ${python:+"$python" "$official"}
    round=$((round + 1))
  done | awk -v model="$model" '
    function sorted(list, count,  i, j, held) {
      for (i = 2; i <= count; i++) {
        held = list[i]
        for (j = i - 1; j > 0 && list[j] > held; j--) list[j + 1] = list[j]
        list[j + 1] = held
      }
    }
    function middle(list, count) { return (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2 }
    /^CPU time:/ { first[++ours] = $3 + 0; later[ours] = $7 + 0 }
    /^official/ { theirs[++others] = $4 + 0 }
    /^peak/ { if ($3 > peak) peak = $3 }
    END {
      if (!ours) exit 1
      sorted(first, ours); sorted(later, ours); sorted(theirs, others)
      printf "%s: %.1f ms at first (median %.1f), %.1f ms afterwards (%.1f), %d MB", model, first[1],
        middle(first, ours), later[1], middle(later, ours), peak
      if (others)
        printf "; official %.0f ms (%.0f): %.0f times at first (%.0f), %.0f afterwards (%.0f)", theirs[1],
          middle(theirs, others), theirs[1] / first[1], middle(theirs, others) / middle(first, ours),
          theirs[1] / later[1], middle(theirs, others) / middle(later, ours)
      printf "\n"
    }'
done
