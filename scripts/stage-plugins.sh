#!/bin/sh
# Puts each built plugin library beside its plugin.toml: scripts/stage-plugins.sh BUILD_FOLDER [PLUGINS_FOLDER]
# A running host keeps the library it has open: the new file takes the name in one step.
set -eu
build=$1
plugins=${2:-$(dirname "$0")/../Plugins}
for manifest in "$plugins"/*/plugin.toml "$plugins"/datasets/*/plugin.toml; do
  folder=$(dirname "$manifest")
  library=$(sed -n 's/^library *= *"\(.*\)".*/\1/p' "$manifest")
  [ -n "$library" ] && [ -f "$build/$library" ] || continue
  cmp -s "$build/$library" "$folder/$library" && continue
  cp "$build/$library" "$folder/.$library.new"
  mv -f "$folder/.$library.new" "$folder/$library"
done
