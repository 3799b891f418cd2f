"""Who there is, as one table of data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files

DESKS = ("rt", "kelurahan", "kecamatan", "kota")
_SESSIONS: dict[str, dict[str, int]] = tomllib.loads(
    files("sipokat.data").joinpath("sessions.toml").read_text("utf-8")
)


@dataclass(frozen=True)
class Role:
    """`desk` is the desk that its holders sit at; `level` that of the regions they hold;
    `oversees` the desk whose late reports they are told of without holding one above it;
    `activates` are the roles whose holders in these regions get codes from them."""

    key: str
    label: str
    short: str
    level: str
    desk: str | None = None
    oversees: str | None = None
    reports: bool = False
    decides: bool = False
    reopens: bool = False
    reads_reports: bool = True
    activates: tuple[str, ...] = ()

    @property
    def session(self) -> timedelta:
        """How long a session lasts since its last use."""
        return timedelta(hours=self._lasting["idle_hours"])

    @property
    def session_at_most(self) -> timedelta:
        """How long a session lasts since signing in, whatever its use."""
        return timedelta(days=self._lasting["absolute_days"])

    @property
    def _lasting(self) -> dict[str, int]:
        return _SESSIONS.get(self.key, _SESSIONS["official"])

    @property
    def copies(self) -> timedelta:
        """How old a page that the phone has kept may be when it shows it: as long as a session
        lasts, a week at most, since what somebody may read can change meanwhile."""
        return min(self.session, timedelta(days=7))


ROLES = {
    role.key: role
    for role in (
        Role(
            "rt_head",
            "Ketua RT",
            "RT",
            "rt",
            desk="rt",
            reports=True,
        ),
        Role(
            "lurah",
            "Lurah",
            "Lurah",
            "kelurahan",
            desk="kelurahan",
            reports=True,
            decides=True,
            activates=("rt_head",),
        ),
        Role(
            "camat",
            "Camat",
            "Camat",
            "kecamatan",
            desk="kecamatan",
            reports=True,
            decides=True,
            activates=("rt_head", "lurah"),
        ),
        Role(
            "pemerintahan",
            "Bagian Pemerintahan",
            "Bag. Pem.",
            "kota",
            desk="kota",
            decides=True,
            reopens=True,
        ),
        Role(
            "asisten",
            "Asisten Bidang Pemerintahan dan Kesra",
            "Asisten",
            "kota",
            oversees="kota",
        ),
        Role(
            "diskominfo",
            "Diskominfo",
            "Diskominfo",
            "kota",
            reads_reports=False,
            activates=(
                *("rt_head", "lurah", "camat", "pemerintahan", "asisten"),
                *("diskominfo", "viewer"),
            ),
        ),
        Role("viewer", "Pemantau kota", "Pemantau", "kota"),
    )
}

REPORTERS = tuple(role.key for role in ROLES.values() if role.reports)
OFFICIAL_REPORTERS = tuple(key for key in REPORTERS if key != "rt_head")
DECIDERS = tuple(role.key for role in ROLES.values() if role.decides)
READERS = tuple(role.key for role in ROLES.values() if role.reads_reports)

# The desk whose people write reports for an RT that cannot send its own.
RECORDING = "kelurahan"

# The role that sits at each desk.
DESK_ROLES = {role.desk: role.key for role in ROLES.values() if role.desk}

# The holder of each desk, as sentences name them.
DESK_WORDS = {
    "rt": "ketua RT",
    "kelurahan": "lurah",
    "kecamatan": "camat",
    "kota": "Bag. Pemerintahan",
}


def above(desk: str) -> str | None:
    """The desk above, None above the last."""
    place = DESKS.index(desk) + 1
    return DESKS[place] if place < len(DESKS) else None


def below(desk: str) -> str | None:
    """The desk below, None below the first."""
    place = DESKS.index(desk)
    return DESKS[place - 1] if place else None


def desks_below(desk: str | None) -> tuple[str, ...]:
    """All desks below this one, the first one first; none below nothing."""
    return DESKS[: DESKS.index(desk)] if desk else ()
