#!/bin/sh
# Makes sure that what the build needs is there: the Swift toolchain must be, the rest is asked of apt.
set -eu
if ! command -v swift >/dev/null 2>&1; then
  echo "evalhost: swift is not in PATH; install the Swift 6.3 toolchain or a newer one from swift.org" >&2
  exit 2
fi
missing=
for package in libsqlite3-dev libffi-dev sqlite3 pkg-config gcc libc6-dev make gzip python3 bubblewrap; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "evalhost: installing$missing" >&2
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get install -y -qq $missing >/dev/null 2>&1 && exit 0
# A fresh machine has no package lists yet.
$as_root apt-get update -qq
$as_root apt-get install -y -qq $missing
