#!/bin/sh
# The house rules that swift-format cannot see. Prints "path:line: rule"; exits 1 if it printed anything.
cd "$(dirname "$0")/.." || exit 2

sources() { find "$@" \( -name '*.swift' -o -name '*.c' -o -name '*.h' \) | sort; }

# longer_than LIMIT FOLDER...
longer_than() {
  limit=$1; shift
  sources "$@" | xargs wc -l | awk -v n="$limit" '$2 != "total" && $1 > n { print $2 ":" $1 ": longer than " n " lines" }'
}

# only MODULE FOLDER...: MODULE is imported in these folders and nowhere else
only() {
  module=$1; shift
  allowed=$(printf '|^%s/' "$@")
  grep -rnE "^(package |public |internal |private |@[A-Za-z]+ )*import (struct |class |func |enum )?$module( |\.|\$)" \
    Sources Plugins --include='*.swift' | grep -vE "${allowed#|}" | sed "s/\$/: $module is fenced/"
}

found=$(
  longer_than 400 Sources Plugins
  longer_than 600 Tests
  sources Sources Plugins Tests | xargs awk '
    FNR == 1 { above = "" }
    /^ *(package|public) ((static|final|mutating|nonisolated|indirect) )*(func|struct|class|enum|protocol|actor) / && above !~ /^ *(\/\/\/|@)/ {
      print FILENAME ":" FNR ": no doc comment" }
    /@unchecked Sendable|nonisolated\(unsafe\)|unsafeBitCast|try!|fatalError\(/ && above !~ /\/\// && $0 !~ /^ *\/\// {
      print FILENAME ":" FNR ": needs its proof in a comment on the line above" }
    /TODO|FIXME/ { print FILENAME ":" FNR ": unfinished" }
    { above = $0 }'
  grep -rnE '/(home|root|opt/swift|work)/' Sources Plugins Tests configs scripts Makefile .ci README.md docs 2>/dev/null \
    | grep -v 'scripts/lint.sh' | sed 's/$/: path of some machine/'
  find Sources Plugins Tests \( -name '*Utils*' -o -name '*Helper*' -o -name '*Manager*' -o -name '*Common*' \) | sed 's/$/: name says nothing/'
  only Foundation           Sources/Host/Datasets
  only FoundationEssentials Sources/Host/Datasets
  only Dispatch             Sources/Host/Posix
  only CSQLite              Sources/Host/Store Sources/Host/Index Plugins/replay
  only CFFI                 Sources/Host/PluginHost
  only CPosix               Sources/Host/Posix Sources/Host/PluginHost Sources/Host/Controller Sources/evalhost Plugins/replay Plugins/rwkv7 Plugins/coding
  only RWKV7Kernels         Plugins/rwkv7
  only CodingRunner         Plugins/coding
  only PluginAPI            Sources/Host/PluginHost Sources/PluginKit Plugins
)
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
