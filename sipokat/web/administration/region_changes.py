"""The RT of a kelurahan, what changes them on a day (added, split, merged, moved, ended), and who
changed them before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import administration, region_changers, region_changes, term_checks
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, Refused, WrongContent
from sipokat.domain.regions import names_of
from sipokat.models import Region
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import MANAGERS, given, own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import administration as present
from sipokat.web.present import times
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_region_changes")
GIVEN = given("kelurahan", "change", "rt", "other", "to", "goes_on", "name", "since")
RT = "Tulis nomor RT, misalnya 003."
KELURAHAN = "Nama kelurahan diganti Diskominfo. Untuk nama RT, isi nomor RT-nya."
MOST = 20  # entries of the record on one page


@pages.get("/pengelolaan/wilayah")
@allow(*MANAGERS)
def show() -> ResponseReturnValue:
    """The kelurahan to choose from; with `?di=`, or where there is but one, its RT and the forms
    that change them."""
    return _page(request.args.get("di", ""))


def _page(kelurahan: str, refusal: Refused | None = None) -> ResponseReturnValue:
    session = db.session()
    choices = _choices(session)
    if len(choices) == 1:
        kelurahan = kelurahan or choices[0][0]
    region = _kelurahan(session, kelurahan) if kelurahan else None
    code = region.code if region else ""
    html = render_template(
        "administration/region_changes.html",
        kelurahan=choices,
        here=code,
        title=names_of(session, [code])[code] if region else "",
        regions=[_row(session, one) for one in _rt_of(session, code)] if region else [],
        changes=present.entries(administration.entries_in(session, code, MOST)) if region else [],
        renames=region_changers.may_rename_kelurahan(me()),
        values={"since": day_of(now()).isoformat()} | (g.get("body") or {}),
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
    )
    return make_response(html, refusal.status if refusal else 200)


def _choices(session: Session) -> list[tuple[str, str]]:
    codes = region_changers.kelurahan_of(session, me())
    names = names_of(session, codes)
    return sorted(((code, names[code]) for code in codes), key=lambda pair: pair[1])


def _kelurahan(session: Session, code: str) -> Region:
    """The kelurahan, one of those whose RT the person changes. Raises NotFound."""
    region_changers.changer(me(), code)
    region = session.get(Region, code)
    if region is None or region.level != "kelurahan":
        raise NotFound("Kelurahan ini tidak ada.")
    return region


def _rt_of(session: Session, code: str) -> list[Region]:
    query = select(Region).where(Region.parent_code == code).order_by(Region.code)
    return list(session.scalars(query))


def _row(session: Session, one: Region) -> dict[str, str]:
    """An RT with the days on which it began and ends, and what it became."""
    today = day_of(now())
    words = []
    if one.since:
        begins = "mulai" if one.since > today else "sejak"
        words.append(f"{begins} {times.date_words(one.since)}")
    if one.until:
        words.append(f"sampai {times.date_words(one.until)}")
    if became := region_changes.successors(session, one.code):
        names = names_of(session, became)
        whole = "menjadi" if one.until else "sebagian menjadi"
        words.append(f"{whole} {', '.join(names[code] for code in became)}")
    return {"name": names_of(session, [one.code])[one.code], "when": ", ".join(words)}


@pages.post("/pengelolaan/wilayah")
@allow(*MANAGERS)
@takes(GIVEN)
@require_fresh()
def change() -> ResponseReturnValue:
    """Make one change, from a day on."""
    kelurahan = g.body.get("kelurahan", "")
    _kelurahan(db.session(), kelurahan)  # refused before anybody waits for the lock
    try:
        with writing() as session:
            administration.take_turn(session, me())
            by = region_changers.changer(me(), kelurahan)
            said = _change(session, by, kelurahan)
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return _page(kelurahan, refusal)
    security.note("region_changed", me().id)
    if wants_json():
        return {"message": said}
    tell(said)
    return see_other(f"/pengelolaan/wilayah?di={kelurahan}")


def _change(session: Session, by: By, kelurahan: str) -> str:
    verb = CHANGES.get(g.body.get("change", ""))
    if verb is None:
        sentence = "Pilih perubahannya."
        raise WrongContent(sentence, {"change": sentence})
    try:
        since = date.fromisoformat(g.body.get("since", "").strip())
    except ValueError:
        raise WrongContent("Isi tanggalnya.", {"since": "Isi tanggalnya."}) from None
    term_checks.require_day(since, "since")
    said = verb(session, by, kelurahan, since) + f" mulai {times.date_words(since)}."
    return said + _left_behind(session, kelurahan)


def _left_behind(session: Session, kelurahan: str) -> str:
    """What becomes of reports that are still to be mended in the RT that end."""
    typed = _codes("rt", kelurahan) if g.body.get("rt", "").strip() else []
    ended = [code for code in typed if (one := session.get(Region, code)) and one.until]
    count = sum(region_changes.unmended(session, code) for code in ended)
    said = f" {count} laporan yang perlu diperbaiki menjadi urusan kelurahan sesudah RT berakhir."
    return said if count else ""


def _codes(field: str, kelurahan: str) -> list[str]:
    """The codes of the RT whose numbers were typed in this field. Raises WrongContent on it."""
    numbers = re.findall("[0-9]+", g.body.get(field, ""))
    if not numbers or any(len(one) > 3 or int(one) == 0 for one in numbers):
        raise WrongContent(RT, {field: RT})
    return [f"{kelurahan}.{one.zfill(3)}" for one in numbers]


def _add(session: Session, by: By, kelurahan: str, since: date) -> str:
    (code, *_) = _codes("rt", kelurahan)
    return f"{region_changes.add(session, by, code, since).name} ada"


def _split(session: Session, by: By, kelurahan: str, since: date) -> str:
    (code, *_), into = _codes("rt", kelurahan), _codes("other", kelurahan)
    into += [code] if g.body.get("goes_on", "ya") == "ya" else []
    made = region_changes.split(session, by, code, into, since)
    return f"RT {code[-3:]} dimekarkan. Yang baru: {', '.join(one.name for one in made)},"


def _merge(session: Session, by: By, kelurahan: str, since: date) -> str:
    codes, (into, *_) = _codes("rt", kelurahan), _codes("other", kelurahan)
    whole = region_changes.merge(session, by, codes, into, since)
    return f"{', '.join(f'RT {code[-3:]}' for code in codes)} digabung menjadi {whole.name}"


def _move(session: Session, by: By, kelurahan: str, since: date) -> str:
    (code, *_) = _codes("rt", kelurahan)
    there = g.body.get("to") or kelurahan
    region_changers.changer(me(), there)
    (to, *_) = _codes("other", there)
    new = region_changes.move(session, by, code, to, since)
    place = names_of(session, [to])[to.rpartition(".")[0]]
    return f"RT {code[-3:]} menjadi {new.name} {place}"


def _rename(session: Session, by: By, kelurahan: str, since: date) -> str:
    codes = _codes("rt", kelurahan) if g.body.get("rt", "").strip() else [kelurahan]
    if codes == [kelurahan] and not region_changers.may_rename_kelurahan(me()):
        raise NeverAllowed(KELURAHAN)
    region_changes.rename(session, by, codes[0], g.body.get("name", ""), since)
    return f"Nama baru berlaku: {' '.join(g.body['name'].split())},"


def _end(session: Session, by: By, kelurahan: str, since: date) -> str:
    (code, *_) = _codes("rt", kelurahan)
    region_changes.dissolve(session, by, code, since - region_changes.DAY)
    return f"RT {code[-3:]} tidak ada lagi"


CHANGES: dict[str, Callable[[Session, By, str, date], str]] = {
    "add": _add,
    "split": _split,
    "merge": _merge,
    "move": _move,
    "rename": _rename,
    "end": _end,
}
