#!/bin/sh
# Install what the tests need beyond Python: the current Chromium and its headless shell, Chromium 106
# (the last for Android 6), Roboto, the phones' font, and nginx. A second run does nothing.
set -eu
cd "$(dirname "$0")/.."
tools/node.sh
mkdir -p .tools
tools/nginx.sh || true # its tests try once more, and say what is missing

if ! command -v chromium >/dev/null && [ ! -e .tools/chromium-downloaded ]; then
    tools/apt.sh chromium || {
        .venv/bin/playwright install chromium
        touch .tools/chromium-downloaded
    }
fi
if ! command -v chromium-headless-shell >/dev/null && [ ! -e .tools/shell-asked ]; then
    tools/apt.sh chromium-headless-shell || true # without it the tests start all of Chromium, and take longer
    touch .tools/shell-asked
fi
if [ ! -e .tools/font-asked ]; then
    # The screens are designed for Roboto; the tests also run without it.
    tools/apt.sh fonts-roboto-unhinted || true
    touch .tools/font-asked
fi

packed=node_modules/@sparticuz/chromium/bin/chromium.br
old=.tools/chromium-106/chromium
if [ ! -x "$old" ] || [ "$packed" -nt "$old" ]; then
    mkdir -p .tools/chromium-106
    .venv/bin/python -c '
import pathlib, sys, brotli
pathlib.Path(sys.argv[2]).write_bytes(brotli.decompress(pathlib.Path(sys.argv[1]).read_bytes()))
' "$packed" "$old.part"
    chmod +x "$old.part"
    mv "$old.part" "$old"
fi
