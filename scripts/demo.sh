#!/bin/sh
# The main job end to end on data that ships here: run, judge, score, export, resume. Results in .demo.
set -eu
cd "$(dirname "$0")/.."
host=.build/release/evalhost
rm -rf .demo
say() { printf '\n$ %s\n' "$*"; "$@"; }
say $host plugins list --plugins Plugins
say $host run --plugins Plugins --config configs/gsm8k_replay.toml
say $host status --artifacts .demo/results
say $host export --run gsm8k-replay --what scores --format jsonl --artifacts .demo/results
say $host export --run gsm8k-replay --what eval --format jsonl --out .demo/eval.jsonl --artifacts .demo/results
printf '\nThe same command again has nothing to do:\n'
say $host run --plugins Plugins --config configs/gsm8k_replay.toml
printf '\nThe official labels say 40 and 114 of 200 as well. Results are in .demo/results\n'
