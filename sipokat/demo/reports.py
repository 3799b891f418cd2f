"""What the people of the demo city write: drafts of reports, made from the sentences in
`reports.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from sipokat.demo.blanks import census, spot, vocabulary
from sipokat.demo.sources import data
from sipokat.domain.content import PhotoClaim, Raw
from sipokat.domain.periods import months


@dataclass(frozen=True)
class Picture:
    """A photo to be drawn. A `missing` one is declared in the report but never arrives."""

    id: str
    scene: str
    seed: int
    missing: bool = False


@dataclass(frozen=True)
class Draft:
    """A report before it is sent. `office` is the code of its author's region, `kinerja` how
    probable it is (0 to 1) that the first desk classes it so."""

    office: str
    category: str
    happened_on: date
    text: str
    fields: Mapping[str, str]
    place_text: str = ""
    point: tuple[float, float, float] | None = None
    pictures: tuple[Picture, ...] = field(default=())
    kinerja: float = 0.6

    def raw(self, claims: Mapping[str, PhotoClaim]) -> Raw:
        """The draft as the server would receive it. `claims` has its photos by their ids."""
        lat, lon, accuracy = self.point or (None, None, None)
        return Raw(
            happened_on=self.happened_on.isoformat(),
            text=self.text,
            fields=self.fields,
            lat=lat,
            lon=lon,
            accuracy_m=accuracy,
            place_text=self.place_text,
            photos=[claims[picture.id] for picture in self.pictures],
        )


def new_id(chance: Random) -> str:
    """A UUID such as a phone makes, taken from `chance`."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def kinds(author: str, category: str | None = None) -> list[dict[str, Any]]:
    """The kinds of reports, rows of `reports.toml`, that `author` writes: `rt` or `officials`."""
    rows = data("reports")["kinds"]
    mine = [row for row in rows if row.get("by", "rt") == author]
    return [row for row in mine if category is None or row["category"] == category]


def write(chance: Random, kind: dict[str, Any], office: str, day: date, period: str = "") -> Draft:
    """A draft of this kind about something that happened on `day`, or about the month `period`."""
    words = vocabulary(chance, kind, day) | {"periode": period}
    fields = {key: value.format(**words) for key, value in kind["fields"].items()}
    if fields.pop("census", None) is not None:
        fields = census(chance, office, period or months(day)[0])
    if fields.get("laki") == "0" and fields.get("perempuan") == "0":
        fields["laki"] = "1"
    count = chance.choices(range(len(kind["photos"])), kind["photos"])[0]
    draft = Draft(
        office=office,
        category=kind["category"],
        happened_on=day,
        text=chance.choice(kind["texts"]).format(**words),
        fields=fields,
        pictures=tuple(picture(chance, chance.choice(kind["scenes"])) for _ in range(count)),
        kinerja=kind.get("kinerja", 0) / 100,
    )
    if chance.random() * 100 >= kind.get("placed", 5):
        return draft
    point = spot(chance, office) if chance.random() < 0.7 else None
    named = point is None or chance.random() < 0.6
    return replace(
        draft, point=point, place_text="Gang {gang}, dekat {at}".format(**words) if named else ""
    )


def picture(chance: Random, scene: str, missing: bool = False) -> Picture:
    """A photo of this scene, with an id and a seed of its own."""
    return Picture(new_id(chance), scene, chance.getrandbits(32), missing)


def mend(chance: Random, draft: Draft, reason: str) -> Draft:
    """The draft as its author sends it again after it was returned for this reason."""
    words = vocabulary(chance, {"n": (9, 40)}, draft.happened_on)
    if reason == "lokasi_kurang_jelas":
        draft = replace(draft, place_text="Gang {gang}, dekat {at}".format(**words))
    if reason == "foto_kurang_jelas" and draft.pictures:
        fresh = picture(chance, draft.pictures[0].scene)
        draft = replace(draft, pictures=(fresh, *draft.pictures[1:]))
    if reason == "perlu_bukti" and draft.pictures:
        fresh = picture(chance, draft.pictures[0].scene)
        draft = replace(draft, pictures=(*draft.pictures[:2], fresh))
    if reason == "angka_perlu_dicek":
        draft = _recounted(draft, str(words["n"]))
    more = chance.choice(data("city")["notes"]["mend"][reason]).format(**words)
    return replace(draft, text=f"{draft.text} {more}".strip())


def _recounted(draft: Draft, right: str) -> Draft:
    """The draft with the first number of its text replaced by `right`, in its fields too."""
    found = re.search(r"\d+", draft.text)
    if found is None:
        return draft
    wrong = re.compile(rf"\b{found[0]}\b")
    fields = {key: wrong.sub(right, value) for key, value in draft.fields.items()}
    return replace(draft, text=wrong.sub(right, draft.text), fields=fields)
