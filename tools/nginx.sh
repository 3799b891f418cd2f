#!/bin/sh
# Fetch Debian's nginx into .tools/nginx for the test of docs/nginx.conf. It is only unpacked: installing
# the package would start it on port 80. Needs no root. Fails without a message where there is no apt.
# A second run does nothing.
set -eu
cd "$(dirname "$0")/.."
[ ! -x .tools/nginx/usr/sbin/nginx ] || exit 0
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root download nginx </dev/null >/dev/null 2>&1); }
fetch || { [ "$(id -u)" = 0 ] && apt-get -qq update </dev/null >/dev/null && fetch; } || exit 1
mkdir -p .tools
dpkg-deb -x "$folder"/nginx_*.deb "$folder/unpacked"
[ -e .tools/nginx ] || mv "$folder/unpacked" .tools/nginx
