"""What the phone makes of a page when it keeps it, as `copyOf` in `static/js/worker/kept-pages.js`
does, and what must hold for every page that it may keep."""

from __future__ import annotations

import re

MARKERS = re.compile(r"<!--(/?live)-->")
# What can be done from a copy: signing out, a form whose content goes through the outbox, as a
# decision's does, and what the phone does by itself.
DECISION = r'/(?:verifikasi|pengembalian|penolakan)" data-decision="'
POSSIBLE = re.compile(rf'action="/keluar"|\sdata-report-form\s|method="dialog"|{DECISION}')


def copy_of(html: str) -> str:
    depth, kept = 0, []
    for place, part in enumerate(MARKERS.split(html)):
        if place % 2:
            depth += 1 if part == "live" else -1
            assert depth >= 0, "a <!--/live--> without its <!--live-->"
        elif depth == 0:
            kept.append(part)
    assert depth == 0, "a <!--live--> without its <!--/live-->"
    copy = re.sub(r"<!--copy (.*?)-->", r"\1", "".join(kept), flags=re.DOTALL)
    return re.sub(r' hx-[a-z-]+="[^"]*"', "", copy)


def check_copy(html: str) -> None:
    """The copy says that it is one and offers nothing that cannot be done from it; a marker stands
    in no attribute, where it would be read as text."""
    copy = copy_of(html)
    assert not re.search(r'="[^"<>]*<!--', html), "a marker in an attribute"
    assert "<!--" not in copy, "a marker is left"
    assert copy.count("data-copy-why") == 1
    forms = re.findall(r"<form\b[^>]*>", copy)
    impossible = [form for form in forms if not POSSIBLE.search(form)]
    assert not impossible, impossible
    assert "hx-" not in re.sub(r'<meta name="htmx-config"[^>]*>', "", copy)
