#!/bin/sh
# Install Debian packages. Fails without a message where that is not possible (no root, no apt).
set -eu
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" </dev/null >/dev/null; }
# Renew the list of packages once a day: an old one names versions that can no longer be fetched.
[ -n "$(find /var/lib/apt/lists -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ] || get update
get install -y --no-install-recommends "$@" || { get update && get install -y --no-install-recommends "$@"; }
