"""What lies beside the record: each report with its revisions and photos, against its entries."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from sipokat.domain import chain, record
from sipokat.domain.audit.photos import photo_faults, shown_in
from sipokat.domain.audit.rows import UNREADABLE, Row, day, from_json, is_number, moment, rows
from sipokat.domain.categories import categories
from sipokat.domain.content import content_digest
from sipokat.domain.desk_times import MOVES_LIMIT
from sipokat.domain.intake import number_of
from sipokat.domain.regions import above_it, at_desk

EVENT = (
    "seq report_id version at actor_id actor_desk actor_region action from_desk to_desk class"
    " request_digest content_digest detail"
)
REPORT = (
    "id number reporter_id region_code author_desk recorded_as submission_digest received_at"
    " category period month happened_on text fields lat lon accuracy_m place_text content_digest"
    " status desk version class arrived_at due_at ended_desk client_id written_at_raw written_at"
    " clock_doubtful form_version urgent kelurahan_code kecamatan_code kota_code desk_code"
)
REVISION = "id report_id version author_id at content content_digest"
PHOTO = "id report_id client_id declared_by sha256 state current left_at left_by gave_way_to"


@dataclass
class Beside:
    """What was found, and how many reports there are."""

    faults: list[str] = field(default_factory=list)
    count: int = 0


def look(connection: Connection, erased: Mapping[int, tuple[int, dict[str, Any]]]) -> Beside:
    """Look at every report. `erased` has the number and the detail of the last erasure of each
    erased report, by the report's id."""
    found, ended = Beside(), Counter[tuple[str, str]]()
    about = [
        _Groups(rows(connection, table, names, f"report_id, {order}"), table, found.faults)
        for table, names, order in (
            ("event", EVENT, "seq"),
            ("revision", REVISION, "version, id"),
            ("photo", PHOTO, "id"),
        )
    ]
    for report in rows(connection, "report", REPORT, "id"):
        found.count += 1
        if report["status"] in chain.FINAL:
            ended[report["region_code"], report["status"]] += 1
        told, revisions, pictures = (groups.of(report["id"]) for groups in about)
        try:
            one = _Report(report, told, revisions, pictures, erased.get(report["id"]))
            said = one.faults()
        except UNREADABLE:
            said = ["what is kept of it cannot be read"]
        found.faults += [f"report {report['number']}: {fault}" for fault in said]
    for groups in about:
        groups.rest()
    kept = {
        (row["region_code"], row["status"]): row["count"]
        for row in rows(connection, "tally", "region_code status count", "region_code, status")
        if row["count"] != 0
    }
    found.faults += [
        f"the count of {status} reports of {region} is wrong"
        for region, status in {*kept, *ended}
        if kept.get((region, status), 0) != ended[region, status]
    ]
    return found


class _Groups:
    """The rows of one table by their report, of which each is asked for once, in the order of ids.
    What belongs to no report is said."""

    def __init__(self, found: Iterator[Row], table: str, faults: list[str]) -> None:
        self.found, self.table, self.faults = found, table, faults
        self.next: Row | None = next(found, None)

    def of(self, report_id: int) -> list[Row]:
        mine = []
        while (row := self.next) is not None and not _is_after(row["report_id"], report_id):
            self.next = next(self.found, None)
            if row["report_id"] == report_id:
                mine.append(row)
            else:
                self._nobodys(row)
        return mine

    def rest(self) -> None:
        while self.next is not None:
            self._nobodys(self.next)
            self.next = next(self.found, None)

    def _nobodys(self, row: Row) -> None:
        if self.table == "event" and row["action"] == "submit" and is_number(row["seq"]):
            self.faults.append(f"report {number_of(row['seq'])} was removed")
        elif self.table == "event":
            self.faults.append(f"event {row['seq']}: its report is missing")
        else:
            self.faults.append(f"{self.table} {row['id']}: its report is missing")


def _is_after(here: Any, report_id: int) -> bool:
    return not is_number(here) or here > report_id  # SQLite sorts numbers before all else


class _Report:
    """One report with all that lies beside the record, and its entries."""

    def __init__(
        self,
        row: Row,
        told: list[Row],
        revisions: list[Row],
        photos: list[Row],
        erased: tuple[int, dict[str, Any]] | None,
    ) -> None:
        self.row, self.told, self.revisions, self.photos = row, told, revisions, photos
        self.moves = [event for event in told if event["version"] is not None]
        self.erasure = erased
        self.detail: dict[str, Any] = erased[1] if erased else {}

    def faults(self) -> list[str]:
        if not self.moves:
            return ["was inserted by hand: no event speaks of it"]
        if self.moves[0]["action"] != "submit":
            return ["its first event is missing"]
        if [event["version"] for event in self.moves] != [*range(1, len(self.moves) + 1)]:
            return ["an event of it is missing"]
        for revision in self.revisions:
            revision["content"] = from_json(revision["content"])
            revision["at"] = moment(revision["at"])
        wrong = self._wrong_columns()
        said = [f"{', '.join(wrong)} changed by hand"] if wrong else []
        return [*said, *self._revisions(), *self._photos()]

    def _wrong_columns(self) -> list[str]:
        """The columns of the report that are not as its entries and its latest content say."""
        row, first, last = self.row, self.moves[0], self.moves[-1]
        # What was written for an RT: its event says for which one, since its actor is of another.
        recorded = _detail(first).get("recorded", {})
        region = recorded.get("region", first["actor_region"])
        wanted = {
            "number": number_of(first["seq"]),
            "reporter_id": first["actor_id"],
            "author_desk": "rt" if recorded else first["actor_desk"],
            "recorded_as": recorded.get("as"),
            "region_code": region,
            "received_at": moment(first["at"]),
            "submission_digest": first["request_digest"],
            "arrived_at": moment(last["at"]),
            "content_digest": self.told[-1]["content_digest"],
            **above_it(region),
            **self._state(),
        }
        wanted["due_at"] = moment(self._due(row["author_desk"]))
        found = {name: row[name] for name in wanted}
        for name in ("received_at", "arrived_at", "due_at"):
            found[name] = moment(found[name])
        if self.revisions:
            more, there = self._content()
            wanted |= more
            found |= there
        wrong = [name for name, value in wanted.items() if found[name] != value]
        kept = _detail(first).get("kept")
        if kept is not None and kept != _kept(row):
            wrong.append("client_id, urgent or what the phone said of its clock")
        return wrong

    def _due(self, author_desk: str) -> str | None:
        """The end of the desk's limit: as the arrival says, or what has moved it since then. Older
        entries have one also where the author mends the report."""
        last = self.moves[-1]
        if last["to_desk"] == author_desk:
            return None
        moved = [one for one in self.told if one["action"] == MOVES_LIMIT]
        entries = [last, *(one for one in moved if one["seq"] > last["seq"])]
        return _detail(entries[-1]).get("due")

    def _state(self) -> dict[str, Any]:
        done = (
            chain.Move(e["action"], e["actor_id"], e["from_desk"], e["to_desk"], e["class"])
            for e in self.moves
        )
        classed = categories()[self.row["category"]].classed
        state = chain.fold(self.row["author_desk"], classed, done)
        return {
            "status": state.status,
            "desk": state.desk,
            "desk_code": at_desk(self.row["region_code"], state.desk) if state.desk else None,
            "version": state.version,
            "class": state.klass,
            "ended_desk": state.last_desk if state.final else None,
        }

    def _content(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The columns of the content as the latest revision has them, and as the report has."""
        content, category = self.revisions[-1]["content"], categories()[self.row["category"]]
        names = ("happened_on", "text", "fields", "lat", "lon", "accuracy_m", "place_text")
        wanted = {name: content[name] for name in names}
        wanted["period"] = content["fields"].get("periode") if category.periodic else None
        wanted["month"] = wanted["period"] or content["happened_on"][:7]
        found = {name: self.row[name] for name in wanted}
        found["happened_on"] = day(found["happened_on"])
        found["fields"] = from_json(found["fields"])
        return wanted, found

    def _revisions(self) -> Iterator[str]:
        """What is wrong with the contents that the report has had."""
        writing = {e["version"]: e for e in self.moves if e["action"] in ("submit", "revise")}
        versions = [one["version"] for one in self.revisions]
        for version in writing:
            if versions.count(version) != 1:
                yield f"its content of version {version} is missing"
        blank = self.detail.get("revisions", {})
        for one in self.revisions:
            event = writing.get(one["version"])
            if event is None:
                yield f"its content of version {one['version']} was inserted by hand"
                continue
            wanted = (
                event["actor_id"],
                moment(event["at"]),
                blank.get(str(one["version"]), event["content_digest"]),
                self._digest(one["content"]),
            )
            found = (one["author_id"], one["at"], one["content_digest"], one["content_digest"])
            if wanted != found:
                yield f"its content of version {one['version']} was changed"

    def _digest(self, content: dict[str, Any]) -> str:
        return content_digest(self.row["category"], self.row["region_code"], content)

    def _photos(self) -> Iterator[str]:
        for photo in self.photos:
            photo["left_at"] = moment(photo["left_at"])
        yield from photo_faults(self.photos, self.revisions, self.told, self.detail)
        if not self.revisions:
            return
        shown = shown_in(self.revisions[-1], self.photos)
        content = self.revisions[-1]["content"] | {
            "photos": [{"id": one["client_id"], "sha256": one["sha256"]} for one in shown]
        }
        if self._digest(content) != self.row["content_digest"]:
            yield "its photos or its content are not those of its last event"
        ids = {one["client_id"] for one in shown}
        for photo in self.photos:
            if _bool(photo["current"]) is not (photo["client_id"] in ids):
                yield f"photo {photo['client_id']} was taken in or out by hand"


def _detail(event: Row) -> dict[str, Any]:
    return dict(json.loads(event["detail"])) if event["detail"] else {}


def _kept(row: Row) -> str:
    read = row | {
        "written_at": moment(row["written_at"]),
        "clock_doubtful": _bool(row["clock_doubtful"]),
        "urgent": _bool(row["urgent"]),
    }
    return record.kept_digest(read)


def _bool(value: Any) -> Any:
    return bool(value) if value in (0, 1) else value
