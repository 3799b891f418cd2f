"""A report as a list shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import cast

from flask import g

from sipokat.database import db
from sipokat.domain import chain, deadlines, office_hours
from sipokat.domain.categories import Category, categories
from sipokat.domain.clock import day_of, now
from sipokat.domain.listed import Listed
from sipokat.domain.photo_changes import awaited_since
from sipokat.domain.photos import in_place
from sipokat.domain.regions import names_of
from sipokat.domain.report_titles import jenis_of, report_title
from sipokat.models import Report
from sipokat.web.present import content, states, times

DELAYED = timedelta(days=3)


@dataclass
class Row:
    """What a list shows of a report."""

    report: Report
    names: dict[str, str]
    overridden: dict[date, bool]

    @property
    def number(self) -> str:
        return self.report.number

    @property
    def url(self) -> str:
        return f"/laporan/{self.report.number}"

    @cached_property
    def category(self) -> Category:
        return categories()[self.report.category]

    @property
    def jenis(self) -> str:
        """The chosen `jenis` in words; empty for `lainnya` and where the category has none."""
        return jenis_of(self.report.category, self.report.fields)

    @property
    def title(self) -> str:
        """What lists, and the phone's outbox, call it."""
        return report_title(self.report.category, self.report.fields, self.report.period)

    @property
    def kind(self) -> str:
        """The category, and its `jenis` where it has one."""
        return f"{self.category.name}: {self.jenis}" if self.jenis else self.category.name

    @property
    def region(self) -> str:
        """`RT 001, Petanang Ulu`."""
        code = self.report.region_code
        if self.report.author_desk != "rt":
            return self.names.get(code, code)
        parent = code.rpartition(".")[0]
        return f"{self.names.get(code, code)}, {self.names.get(parent, parent)}"

    @property
    def alike_url(self) -> str:
        """Where reports of the same category from around it are listed."""
        around = self.report.region_code.rpartition(".")[0]
        return f"/laporan?category={self.report.category}&region={around}"

    @property
    def short_region(self) -> str:
        return self.names.get(self.report.region_code, self.report.region_code)

    @property
    def recorded(self) -> str:
        """`Dicatat oleh Sekretaris Kelurahan untuk RT 003`; empty for what its head wrote."""
        if not self.report.recorded_as:
            return ""
        return f"Dicatat oleh {self.report.recorded_as} untuk {self.short_region}"

    @property
    def author(self) -> str:
        return self.report.reporter.name

    @property
    def summary(self) -> str:
        """The text; without one its place. Empty where a month's report needs neither."""
        nothing = "" if self.report.period else "Tanpa keterangan"
        return self.report.text or self.place or nothing

    @property
    def badge(self) -> tuple[str, str]:
        return states.badge(self.report)

    @cached_property
    def clock(self) -> tuple[str, bool] | None:
        """The desk's clock in words and whether it is late."""
        due = self.report.due_at
        standing = deadlines.standing(due, now(), self.overridden)
        return (times.limit(standing[0], due), standing[1]) if standing and due else None

    @property
    def late(self) -> bool:
        return bool(self.clock and self.clock[1])

    @property
    def rail(self) -> list[dict[str, str]]:
        return states.stops(self.report, self.late)

    @property
    def happened(self) -> str:
        return times.day(self.report.happened_on)

    @property
    def about(self) -> str:
        """The day of the event; of the report of a month, which its title names, when it came."""
        if self.report.period:
            return times.phrase("diterima {}", self.received)
        return self.happened

    @property
    def received(self) -> str:
        return times.ago(self.report.received_at)

    @property
    def received_month(self) -> str:
        """The month in which it was received, `2026-11`."""
        return f"{day_of(self.report.received_at):%Y-%m}"

    @property
    def delay(self) -> str:
        """`ditulis 43 hari sebelum diterima`; empty when it came within three days."""
        delay = self.report.received_at - self.report.written_at
        return f"ditulis {delay.days} hari sebelum diterima" if delay > DELAYED else ""

    @property
    def waiting(self) -> times.Passing:
        """How long the report has been on its desk: `3 hari`."""
        return times.age(self.report.arrived_at)

    @property
    def lying(self) -> str:
        """`3 hari di meja lurah`; empty when the report is final."""
        if self.report.desk is None:
            return ""
        at = f"di meja {states.BY[self.report.desk]}"
        live = f"baru tiba {at}" if self.waiting == "baru saja" else f"{self.waiting} {at}"
        return times.Passing(live, f"{at} {self.waiting.copy}")

    @property
    def place(self) -> str:
        names = ("place_text", "lat", "accuracy_m")
        return content.place_words({name: getattr(self.report, name) for name in names})

    @property
    def point(self) -> str:
        """The coordinates as map programs take them: `-3.29450, 102.86140`; empty without any."""
        if self.report.lat is None or self.report.lon is None:
            return ""
        return f"{self.report.lat:.5f}, {self.report.lon:.5f}"

    @property
    def map_links(self) -> dict[str, str]:
        """Addresses that open the point in the phone's own map and in one on the web; empty without
        coordinates."""
        if not self.point:
            return {}
        point = self.point.replace(" ", "")
        return {
            "phone": f"geo:{point}?q={point}",
            "web": f"https://www.google.com/maps/search/?api=1&query={point}",
        }

    @property
    def photos(self) -> list[dict[str, str]]:
        return [content.photo_view(self.report, photo) for photo in in_place(self.report.photos)]

    @property
    def photos_awaited(self) -> str:
        """`2 foto menyusul sejak 23 Nov, 07.12 · Foto rusak, menunggu gantinya`; empty when all are
        there and sound. A broken photo has arrived, so nothing more follows by itself."""
        present = [photo for photo in self.report.photos if photo.current]
        missing = [awaited_since(photo) for photo in present if photo.state == "missing"]
        broken = sum(photo.state == "broken" for photo in present)
        words = [
            f"{len(missing)} foto menyusul sejak {times.moment(min(missing))}" if missing else "",
            f"{f'{broken} foto' if broken > 1 else 'Foto'} rusak, menunggu gantinya"
            if broken
            else "",
        ]
        return " · ".join(word for word in words if word)

    @property
    def klass(self) -> str:
        return chain.CLASSES.get(self.report.klass or "", "")

    @property
    def details(self) -> list[tuple[str, str]]:
        """The filled fields that neither the title nor the dates of a card already say."""
        said = {self.jenis, times.month(self.report.period) if self.report.period else ""}
        return [(label, value) for label, value in self.facts if value not in said]

    @property
    def beside_kind(self) -> list[tuple[str, str]]:
        """The filled fields that the heading of the report's page does not say."""
        return [(label, value) for label, value in self.facts if value != self.jenis]

    @property
    def facts(self) -> list[tuple[str, str]]:
        return content.field_facts(self.category, self.report.fields)


def rows(reports: Sequence[Report | Listed]) -> list[Row]:
    """Reports for a list. It asks neither for authors nor for photos."""
    names, overridden = shared(reports)
    return [Row(cast(Report, report), names, overridden) for report in reports]


def shared(reports: Sequence[Report | Listed]) -> tuple[dict[str, str], dict[date, bool]]:
    """What rows and cards have in common: the names of their regions by code, and the days that the
    city itself declared working or free."""
    session = db.session()
    names = names_of(session, (report.region_code for report in reports))
    if "overrides" not in g:
        g.overrides = office_hours.overrides(session)
    return names, g.overrides


def names_near(names: dict[str, str], report: Report | Listed) -> tuple[tuple[str, str], ...]:
    """The names of the report's region and of the one above it, as far as they are known, by code.
    A row needs no others."""
    code = report.region_code
    return tuple((one, names[one]) for one in (code, code.rpartition(".")[0]) if one in names)
