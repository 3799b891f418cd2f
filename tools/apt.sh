#!/bin/sh
# Install Debian packages where that may be (root, apt); otherwise fail without a word.
set -eu
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" </dev/null >/dev/null; }
# An old list of packages names versions that are gone: renew it once a day.
[ -n "$(find /var/lib/apt/lists -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ] || get update
get install -y --no-install-recommends "$@" || { get update && get install -y --no-install-recommends "$@"; }
