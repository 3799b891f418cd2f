"""That an office has ended, and what may still be reported of it, in words."""

from __future__ import annotations

from typing import Any

from sipokat.domain.former_offices import reporting_ends
from sipokat.domain.offices import main_role
from sipokat.models import User
from sipokat.web.present import times


def former(user: User) -> dict[str, Any] | None:
    """What is said to whoever holds no office any more in which they report, and whether their form
    is still `open`. None for everybody else."""
    ends = reporting_ends(user)
    if ends is None or not ends.over:
        return None
    call = "lurah" if main_role(user).key == "rt_head" else "Diskominfo"
    ended = f"Jabatan Anda berakhir {times.date_words(ends.last)}."
    more = "Laporan baru dibuat pejabat yang sekarang. Laporan lama tetap bisa dibaca."
    if not ends.closed:
        until = times.date_words(ends.until)
        more = f"Yang terjadi sampai hari itu masih bisa dilaporkan sampai {until}."
    return {
        "words": f"{ended} {more}",
        "open": not ends.closed,
        "last": ends.last.isoformat(),
        "call": f"Kalau ini keliru, hubungi {call}.",
    }
