#!/bin/sh
# The main job end to end on what ships here: a small model that really answers is evaluated on held-out rows, then
# recorded solutions of two other models are judged. Results in .demo.
set -eu
cd "$(dirname "$0")/.."
host=.build/release/evalhost
rm -rf .demo
say() { printf '\n$ %s\n' "$*"; "$@"; }
say $host plugins list --plugins Plugins
say $host run --plugins Plugins --config configs/demo/rwkv7.toml
say $host run --plugins Plugins --config configs/demo/instructions.toml
say $host run --plugins Plugins --config configs/demo/code.toml
printf '\nThe first command again has nothing to do:\n'
say $host run --plugins Plugins --config configs/demo/rwkv7.toml
say $host export --run demo-rwkv7 --what eval --format jsonl --out .demo/eval.jsonl --artifacts .demo/results
printf '\nGSM8K solutions of two models, recorded elsewhere, judged here:\n'
say $host run --plugins Plugins --config configs/gsm8k_replay.toml
printf '\nOf 200 the official labels call 40 and 114 right, as the tables below do.\n'
say $host status --artifacts .demo/results
