"""The address that a code to activate a phone stands in, and its picture for a camera."""

from __future__ import annotations

import segno
from markupsafe import Markup

from sipokat.domain import codes
from sipokat.web.present.origin import address


def link(code: str) -> str:
    """The address that activates a phone. The code stands behind `#`, which no browser sends."""
    return f"{address()}/aktivasi#{codes.shown(code)}"


def site() -> str:
    """Where a code is typed, as people read it out."""
    return f"{address().partition('://')[2]}/aktivasi"


def picture(code: str) -> Markup:
    """The link as a QR code, an SVG picture for a page."""
    svg = segno.make(link(code), error="m", micro=False).svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr-picture", lineclass=None
    )
    return Markup(svg)  # noqa: S704 -- made here, of nothing that anybody typed
