"""What a notice says, in one sentence, and where it leads. Pages and whatever is sent to phones say
the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sipokat.domain import reasons
from sipokat.domain.clock import day_of
from sipokat.domain.notices import digest, late, office_sentences
from sipokat.domain.notices.inbox import Entry
from sipokat.domain.report_titles import report_title
from sipokat.domain.roles import DESK_WORDS, DESKS, ROLES
from sipokat.domain.texts import dots

Names = Mapping[str, str]  # of regions, by code, as `regions.names_of` gives them


def text_of(one: Entry, names: Names, today: date | None = None) -> str:
    """All that it says on one line: the sentence and the message, if there is one."""
    return " ".join(part for part in (sentence_of(one, names, today), message_of(one)) if part)


def sentence_of(one: Entry, names: Names, today: date | None = None) -> str:
    """What happened. What is so `today` is said with that word, without it by its date."""
    if one.kind in office_sentences.SENTENCES:
        return office_sentences.SENTENCES[one.kind](one.facts, names)
    return _SENTENCES[one.kind](one, names, today)


def message_of(one: Entry) -> str:
    """What the desk wrote to the author, in quotes; empty without it."""
    note = " ".join((one.note or "").split())
    return f"“{note}”" if note else ""


def url_of(one: Entry) -> str:
    """Where one tap leads: to what is to be done, else to the page that says more."""
    mends = one.kind == "reminder" or (one.kind == "returned" and not at_own_desk(one))
    return f"{one.url}/perbaikan" if mends and one.desk == one.author_desk else one.url


def regions_in(one: Entry) -> list[str]:
    """The regions that its sentence may name."""
    told = (one.region, one.facts.get("region"), one.facts.get("by_region"))
    return [code for code in told if code]


def at_own_desk(one: Entry) -> bool:
    """Whether the person is told because the report came to their desk, and not as its author."""
    desk = ROLES[one.office.split()[0]].desk if one.office else None
    return desk is not None and desk != one.author_desk


def _title(one: Entry) -> str:
    assert one.category is not None
    return report_title(one.category, one.fields, one.period)


def _where(one: Entry, names: Names) -> str:
    """`RT 001 Petanang Ulu`; of an official's report the region alone."""
    assert one.region is not None
    name, parent = names.get(one.region, one.region), one.region.rpartition(".")[0]
    return f"{name} {names.get(parent, '')}".strip() if one.author_desk == "rt" else name


def _by(one: Entry) -> str:
    """Who acted: `lurah`."""
    return DESK_WORDS[one.actor_desk or DESKS[-1]]


def _up(words: str) -> str:
    return words[:1].upper() + words[1:]


def _why(one: Entry) -> str:
    """The reason, `: Foto kurang jelas.`, unless the message says it as well."""
    found = reasons.find(one.action or "", one.reason)
    if found is None or one.reason == "lainnya":
        return "."
    said = found.said(one.author_desk or DESKS[0])
    return "." if (one.note or "").casefold().startswith(said.casefold()) else f": {said}."


def _verified(one: Entry, _names: Names, _today: date | None) -> str:
    on = f"naik ke {DESK_WORDS[one.to_desk]}" if one.to_desk else "selesai"
    return f"Laporan {_title(one)} diverifikasi {_by(one)}, {on}."


def _returned(one: Entry, names: Names, _today: date | None) -> str:
    assert one.to_desk is not None
    if at_own_desk(one):
        which = f"{_title(one)}, {_where(one, names)},"
        return f"{_up(_by(one))} mengembalikan laporan {which} ke meja Anda{_why(one)}"
    if one.to_desk == one.author_desk:
        return f"Laporan {_title(one)} perlu diperbaiki{_why(one)}"
    to = DESK_WORDS[one.to_desk]
    return f"{_up(_by(one))} mengembalikan laporan {_title(one)} ke {to}{_why(one)}"


def _rejected(one: Entry, _names: Names, _today: date | None) -> str:
    return f"Laporan {_title(one)} ditolak {_by(one)}{_why(one)}"


def _reopened(one: Entry, names: Names, _today: date | None) -> str:
    assert one.to_desk is not None
    if at_own_desk(one):
        which = f"{_title(one)}, {_where(one, names)}"
        return f"{_up(_by(one))} membuka kembali laporan {which}, di meja Anda{_why(one)}"
    desk = DESK_WORDS[one.to_desk]
    return f"{_up(_by(one))} membuka kembali laporan {_title(one)}, di meja {desk}{_why(one)}"


def _bencana(one: Entry, names: Names, _today: date | None) -> str:
    return f"Bencana dilaporkan: {_title(one)}, {_where(one, names)}."


def _reminder(one: Entry, names: Names, _today: date | None) -> str:
    if one.desk != one.author_desk:
        return f"Laporan {_title(one)} sudah tidak menunggu diperbaiki."
    days = one.facts["days"]
    # An RT that is there no more: its kelurahan mends it.
    which = f"{_title(one)}, {_where(one, names)}," if at_own_desk(one) else _title(one)
    return f"Laporan {which} sudah {days} hari kerja menunggu diperbaiki{_why(one)}"


def _late(one: Entry, names: Names, _today: date | None) -> str:
    facts = one.facts
    count = len(facts["reports"])
    which = (
        f"{dots(count)} laporan" if count > 1 else f"Laporan {_title(one)}, {_where(one, names)},"
    )
    place = "" if facts["desk"] == DESKS[-1] else names.get(facts["region"], "")
    return late.sentence(which, facts, place, own=one.kind == late.OWN_DESK)


def _digest(one: Entry, _names: Names, today: date | None) -> str:
    return digest.sentence(digest.Figures(**one.facts), day_of(one.at), today)


_SENTENCES: dict[str, Callable[[Entry, Names, date | None], str]] = {
    "verified": _verified,
    "answered": _verified,
    "returned": _returned,
    "rejected": _rejected,
    "reopened": _reopened,
    "bencana": _bencana,
    "reminder": _reminder,
    "digest": _digest,
    late.OWN_DESK: _late,
    late.BELOW: _late,
}
