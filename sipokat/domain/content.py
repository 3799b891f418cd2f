"""The content of a report: checked field by field, and put into one canonical form."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sipokat.domain import numbers, texts
from sipokat.domain.categories import Category, Field, categories
from sipokat.domain.limits import LIMITS
from sipokat.domain.periods import month_of, months
from sipokat.domain.refusals import WrongContent

TOLERANCE = timedelta(days=1)


@dataclass(frozen=True)
class PhotoClaim:
    """A photo that the phone declares: its id and the SHA-256 of its bytes, in hex."""

    id: str
    sha256: str


@dataclass(frozen=True)
class Raw:
    """The content as it arrived: of the right types, not yet checked. Numbers may still be text."""

    happened_on: str = ""
    text: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    lat: Any = None
    lon: Any = None
    accuracy_m: Any = None
    place_text: str = ""
    photos: Sequence[PhotoClaim] = ()


@dataclass(frozen=True)
class Content:
    """Content that passed all checks. Decimals are floats, counts and rupiah whole numbers."""

    happened_on: date
    text: str
    fields: dict[str, Any]
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    place_text: str | None
    photos: tuple[PhotoClaim, ...]
    period: str | None

    def as_json(self) -> dict[str, Any]:
        """The canonical form, kept whole with each revision."""
        return {
            "happened_on": self.happened_on.isoformat(),
            "text": self.text,
            "fields": self.fields,
            "lat": self.lat,
            "lon": self.lon,
            "accuracy_m": self.accuracy_m,
            "place_text": self.place_text,
            "photos": [{"id": one.id, "sha256": one.sha256} for one in self.photos],
        }

    def as_columns(self) -> dict[str, Any]:
        """The columns of a report that hold its present content, by name."""
        return {
            "happened_on": self.happened_on,
            "text": self.text,
            "fields": self.fields,
            "period": self.period,
            "month": month_of(self.period, self.happened_on),
            "lat": self.lat,
            "lon": self.lon,
            "accuracy_m": self.accuracy_m,
            "place_text": self.place_text,
        }


def digest(value: Any) -> str:
    """SHA-256 in hex over canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def content_digest(category: str, region_code: str, content: Mapping[str, Any]) -> str:
    """The digest of a content in its canonical form, as the events of its report carry it."""
    return digest({"category": category, "region": region_code, **content})


def submission_digest(category: str, region: str | None, raw: Raw) -> str:
    """What makes two sendings the same report: everything but coordinates, the time of writing and
    the version of the form."""
    return digest([category, region, loose(raw)])


def loose(raw: Raw) -> dict[str, Any]:
    """The content as it arrived, without coordinates: equal in every sending of one report."""
    return {
        "happened_on": raw.happened_on,
        "text": texts.tidy(raw.text),
        "fields": {key: value for key, value in raw.fields.items() if value not in (None, "")},
        "place_text": texts.tidy(raw.place_text),
        "photos": [[one.id, one.sha256] for one in raw.photos],
    }


def find_category(key: str, role: str) -> Category:
    """The category, if this role may file it. Raises WrongContent on `category`."""
    category = categories().get(key)
    if category is None:
        raise WrongContent("Periksa isian.", {"category": "Pilih jenis laporan yang ada."})
    if role not in category.roles:
        raise WrongContent(
            "Periksa isian.", {"category": f"{category.name} diisi oleh lurah dan camat."}
        )
    return category


def check(category: Category, raw: Raw, written_on: date) -> Content:
    """Check every field and report everything that is wrong at once.

    `written_on` is the day in Lubuklinggau on which the author wrote it, after the phone's clock
    was corrected: dates are judged by that day, however long the report has waited since. Raises
    WrongContent with a sentence for each field, named as on the wire.
    """
    wrong: dict[str, str] = {}
    happened_on = _day(raw.happened_on, written_on, wrong)
    text = texts.read(raw.text)
    if category.text_required and not text:
        wrong["text"] = "Tulis keterangannya, satu kalimat saja cukup."
    elif sentence := texts.too_long("Keterangan", text, LIMITS.text):
        wrong["text"] = sentence
    fields = _fields(category, raw.fields, written_on, wrong)
    lat, lon, accuracy = _place(raw, wrong)
    place_text = texts.read(raw.place_text)
    if sentence := texts.too_long("Patokan lokasi", place_text, LIMITS.place_text):
        wrong["place_text"] = sentence
    elif category.place_required and not place_text and "place" not in wrong:
        if lat is None:
            wrong["place"] = "Isi lokasi: ketuk Ambil lokasi, atau tulis patokannya."
        elif _too_vague(accuracy) and written_on >= LIMITS.accuracy_since:
            off = texts.dots(round(accuracy or 0))
            wrong["place_text"] = (
                f"Lokasi kurang tepat, bisa meleset {off} m. Tulis juga patokannya."
            )
    if len(raw.photos) > LIMITS.photos:
        wrong["photos"] = f"Foto paling banyak {LIMITS.photos}. Hapus salah satu."
    elif category.photo_required and not raw.photos:
        wrong["photos"] = "Tambahkan paling sedikit satu foto."
    elif len({one.id for one in raw.photos}) != len(raw.photos):
        wrong["photos"] = "Ada foto yang terkirim dua kali. Hapus salah satu."
    if wrong or happened_on is None:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)
    period = fields.get("periode") if category.periodic else None
    return Content(
        happened_on,
        text,
        fields,
        lat,
        lon,
        accuracy,
        place_text or None,
        tuple(raw.photos),
        period,
    )


def _too_vague(accuracy: float | None) -> bool:
    """Whether coordinates of this accuracy (in metres) do not say which street it is."""
    return accuracy is not None and accuracy > LIMITS.accuracy_m


def _day(raw: str, written_on: date, wrong: dict[str, str]) -> date | None:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            raise ValueError
        day = date.fromisoformat(raw)
    except ValueError:
        wrong["happened_on"] = "Isi tanggal kejadian."
        return None
    if day > written_on + TOLERANCE:
        wrong["happened_on"] = "Tanggal belum terjadi. Pilih hari ini atau sebelumnya."
    elif day < written_on - timedelta(days=LIMITS.days_back) - TOLERANCE:
        wrong["happened_on"] = f"Tanggal paling lama {LIMITS.days_back} hari yang lalu."
    return day


def _fields(
    category: Category, raw: Mapping[str, Any], written_on: date, wrong: dict[str, str]
) -> dict[str, Any]:
    known = {one.key: one for one in category.all_fields if one.taken_on(written_on)}
    for key in raw:
        if key not in known:
            wrong[f"fields.{key}"] = "Isian ini tidak dikenal pada jenis laporan ini."
    out: dict[str, Any] = {}
    for key, one in known.items():
        value = raw.get(key)
        value = texts.read(value) if isinstance(value, str) else value
        if value is None or value == "":
            if one.required:
                wrong[f"fields.{key}"] = f"{_ask(one)}"
            continue
        try:
            out[key] = _value(one, value, written_on)
        except ValueError as error:
            wrong[f"fields.{key}"] = str(error)
    return out


def _ask(one: Field) -> str:
    word = "Pilih" if one.type in ("choice", "period", "bool") else "Isi"
    return f"{word} {one.label[0].lower()}{one.label[1:]}."


def _value(one: Field, value: Any, written_on: date) -> Any:
    if one.type == "choice":
        for choice in one.all_choices:
            if choice.key == value and (choice.off_since is None or written_on < choice.off_since):
                return value
        raise ValueError("Pilih salah satu yang ada.")
    if one.type == "period":
        # A day's tolerance, as for dates: the phone's clock may be a little off at month's end.
        offered = {month for day in (-1, 0, 1) for month in months(written_on + day * TOLERANCE)}
        if value in offered:
            return value
        raise ValueError("Pilih bulan ini atau bulan lalu.")
    if one.type == "bool":
        truth = {True: True, False: False, "ya": True, "tidak": False}
        if isinstance(value, bool | str) and value in truth:
            return truth[value]
        raise ValueError("Pilih Ya atau Tidak.")
    if one.type == "text":
        if not isinstance(value, str):
            raise ValueError("Isi dengan tulisan.")
        if sentence := texts.too_long(one.label, value, LIMITS.field_text):
            raise ValueError(sentence)
        return value
    return numbers.read(value, one.type, one.min, one.max)


def _place(raw: Raw, wrong: dict[str, str]) -> tuple[float | None, float | None, float | None]:
    given = [None if value in (None, "") else value for value in (raw.lat, raw.lon, raw.accuracy_m)]
    lat, lon, accuracy = given
    if lat is None and lon is None:
        return None, None, None
    try:
        point = [
            None if value is None else numbers.as_float(value) for value in (lat, lon, accuracy)
        ]
    except (TypeError, ValueError):
        point = [None, None, None]
    lat, lon, accuracy = point
    sound = (
        lat is not None
        and lon is not None
        and all(math.isfinite(number) for number in point if number is not None)
        and -90 <= lat <= 90
        and -180 <= lon <= 180
        and (accuracy is None or 0 <= accuracy <= 1_000_000)
    )
    if not sound:
        wrong["place"] = "Lokasi tidak terbaca. Ambil lokasi sekali lagi, atau tulis patokannya."
        return None, None, None
    return lat, lon, accuracy
