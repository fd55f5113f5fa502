#!/bin/sh
# The same model shape in llama.cpp and in the `rwkv` Python package, for comparison: scripts/bench-peers.sh FOLDER [THREADS...]
# Needs `../shared/rwkv/bench`, which makes their files, and a Python with torch, gguf, llama_cpp and rwkv: PEERS_PYTHON,
# or python3. Says what is missing and ends without a failure.
set -eu
folder=$1; shift
python=${PEERS_PYTHON:-python3}
tools=$(dirname "$0")/../../shared/rwkv/bench
vocabulary=$tools/../rwkv_vocab_v20230424.txt
[ -d "$tools" ] || { echo "bench-peers: no ../shared/rwkv/bench here, nothing to compare with"; exit 0; }
has() { "$python" -c "import $1" 2>/dev/null || { echo "bench-peers: $python has no $1"; return 1; }; }
has torch || exit 0
mkdir -p "$folder"
model=$folder/random-0.1b-peers
[ -f "$model.pth" ] || "$python" "$tools/make_random_pth.py" "$model.pth"
threads=${*:-1 2}
if has llama_cpp && has gguf; then
  for type in bf16 q8_0; do
    file=$model-$type.gguf
    if [ ! -f "$file" ]; then
      [ -f "$model-bf16.gguf" ] ||
        "$python" "$tools/pth_to_gguf.py" "$model.pth" "$vocabulary" "$model-bf16.gguf" bf16 >/dev/null
      [ "$type" = bf16 ] || "$python" "$tools/quantize_gguf.py" "$model-bf16.gguf" "$file" >/dev/null 2>&1
    fi
    for count in $threads; do
      for batch in 1 8 32; do
        "$python" "$tools/bench_llama_cpp.py" "$file" "$count" "$batch" 20 2>/dev/null
      done
    done
  done
fi
if has rwkv; then
  for count in $threads; do
    "$python" "$tools/bench_pip_rwkv.py" "$model" "cpu bf16" "$count" 2>/dev/null | tail -n 1
  done
fi
