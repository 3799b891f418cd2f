"""Intake: a report sent twice is one report, and who may report what, where and for which day."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import intake, receipts
from sipokat.domain.clock import WIB, corrected, now
from sipokat.domain.periods import months
from sipokat.domain.refusals import NeverAllowed, NotNow, WrongContent
from sipokat.models import Event, Photo, Report, Revision
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SITI,
    TABA_BARU,
    YUSUF,
)
from tests.steps import photo, raw, refused, report_of, send, submission, user_of

RT_1, RT_2 = RAHMAN.region, SITI.region
NOW = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)  # 07.12 in Lubuklinggau
TODAY = date(2026, 11, 23)


def submit(person: Any, sent: intake.Submission, at: datetime | None = None) -> Report:
    return report_of(intake.submit(user_of(person), sent, at)[0].number)


def count(session: Session, model: Any = Report) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


# Never twice.


def test_a_repeat_gives_the_first_one_back(session: Session) -> None:
    sent = submission("sampah")
    first, new = intake.submit(user_of(RAHMAN), sent)
    again, newer = intake.submit(user_of(RAHMAN), sent)
    assert (new, newer) == (True, False)
    assert again == first
    assert (count(session), count(session, Event), count(session, Photo)) == (1, 1, 1)


def test_coordinates_the_time_of_writing_and_the_form_may_differ(session: Session) -> None:
    ident = str(uuid.uuid4())
    first = submit(RAHMAN, submission(client_id=ident, lat=-3.29, lon=102.86, accuracy_m=12.0))
    later = submission(
        client_id=ident,
        written_at=steps.now() - timedelta(hours=1),
        form_version="2",
        lat=-3.3,
        lon=102.9,
        accuracy_m=5,
    )
    assert submit(RAHMAN, later).id == first.id
    assert submit(RAHMAN, submission(client_id=ident)).id == first.id


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Lain lagi."},
        {"happened_on": "2026-11-22"},
        {"fields": {"jenis": "sosialisasi"}},
        {"place_text": "Lain tempat"},
        {"photos": [photo("a")]},
        {"region": RT_1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_same_id_with_other_content_is_a_conflict(
    session: Session, change: dict[str, Any]
) -> None:
    ident = str(uuid.uuid4())
    first = submit(RAHMAN, submission(client_id=ident, on=TODAY), NOW)
    error = refused(
        NotNow, submit, RAHMAN, submission(client_id=ident, **({"on": TODAY} | change)), NOW
    )
    assert error.code == "client_id_used"
    assert error.report.number == first.number
    assert count(session) == 1


def test_the_same_id_with_another_category_is_a_conflict(session: Session) -> None:
    ident = str(uuid.uuid4())
    submit(RAHMAN, submission("keagamaan", client_id=ident))
    refused(NotNow, submit, RAHMAN, submission("tamu", client_id=ident))


def test_of_two_refusals_the_first_in_order_is_told(session: Session) -> None:
    """Other content under a used id, by who may not report there: 403 before 409. With content that
    is wrong as well: 409 before 422."""
    ident = str(uuid.uuid4())
    submit(RAHMAN, submission(client_id=ident))
    elsewhere = submission(client_id=ident, region=RT_2, text="Lain lagi.")
    assert "wilayah ini" in refused(NeverAllowed, submit, RAHMAN, elsewhere).message
    wrong = submission(client_id=ident, on=steps.today() + timedelta(days=9))
    assert refused(NotNow, submit, RAHMAN, wrong).code == "client_id_used"


def test_a_repeat_is_known_after_all_that_happened_to_the_report(session: Session) -> None:
    sent = submission()
    report = submit(RAHMAN, sent)
    steps.act(HARTONO, report, "return")
    steps.revise(RAHMAN, report, text="Sudah diperbaiki.")
    steps.act(HARTONO, report, "reject")
    assert intake.submit(user_of(RAHMAN), sent)[1] is False
    assert count(session) == 1


def test_a_repeat_that_would_be_wrong_today_is_still_the_first(session: Session) -> None:
    sent = submission(on=TODAY)
    first = submit(RAHMAN, sent, NOW)
    assert submit(RAHMAN, sent, NOW + timedelta(days=400)).id == first.id


def test_two_people_may_use_one_id(session: Session) -> None:
    ident = str(uuid.uuid4())
    first = submit(RAHMAN, submission(client_id=ident))
    assert submit(SITI, submission(client_id=ident)).id != first.id


def test_sent_at_the_same_moment_there_is_one(app: Flask, session: Session) -> None:
    sent = submission("sampah")
    outcomes = steps.at_once(app, *[lambda: send_once(sent)] * 6)
    assert len({number for number, _ in outcomes}) == 1
    assert sorted(new for _, new in outcomes) == [False] * 5 + [True]
    assert (count(session), count(session, Photo), count(session, Revision)) == (1, 1, 1)


def send_once(sent: intake.Submission) -> tuple[str, bool]:
    receipt, new = intake.submit(user_of(RAHMAN), sent)
    return receipt.number, new


def test_many_people_at_the_same_moment_each_get_theirs(app: Flask, session: Session) -> None:
    people = [RAHMAN, SITI, HARTONO, YUSUF]
    deeds = [partial(send, person) for person in people] * 2
    numbers = [report.number for report in steps.at_once(app, *deeds)]
    assert len(set(numbers)) == 8
    seqs = list(session.scalars(select(Event.seq).order_by(Event.seq)))
    assert seqs == list(range(1, 9))


# A plain form has no id of its own.


def test_a_plain_form_sent_again_within_ten_minutes_is_the_same(session: Session) -> None:
    sent = submission(client_id=None, on=TODAY)
    first = submit(RAHMAN, sent, NOW)
    assert uuid.UUID(first.client_id)
    soon = NOW + timedelta(minutes=9, seconds=59)
    assert submit(RAHMAN, sent, soon).id == first.id
    assert submit(RAHMAN, sent, NOW + timedelta(minutes=10)).id != first.id


@pytest.mark.parametrize("how", ["reject", "withdraw"])
def test_a_plain_form_sent_again_after_it_came_to_nothing_is_another(
    session: Session, how: str
) -> None:
    sent = submission(client_id=None)
    first = submit(RAHMAN, sent)
    steps.act(HARTONO if how == "reject" else RAHMAN, first, how)
    second = submit(RAHMAN, sent)
    assert second.id != first.id
    assert submit(RAHMAN, sent).id == second.id


def test_a_plain_form_with_other_content_is_another(session: Session) -> None:
    first = submit(RAHMAN, submission(client_id=None))
    assert submit(RAHMAN, submission(client_id=None, text="Lain.")).id != first.id


def test_the_same_plain_form_of_two_people_is_two_reports(session: Session) -> None:
    first = submit(RAHMAN, submission(client_id=None))
    assert submit(SITI, submission(client_id=None)).id != first.id


# Clocks.


def at(sent: intake.Submission, received: datetime = NOW) -> Report:
    return submit(RAHMAN, sent, received)


def test_the_phones_error_is_taken_off_the_time_of_writing(session: Session) -> None:
    fast = timedelta(hours=5)
    report = at(
        submission(on=TODAY, written_at=NOW - timedelta(hours=1) + fast, sent_at=NOW + fast)
    )
    assert report.written_at == NOW - timedelta(hours=1)
    assert not report.clock_doubtful


@pytest.mark.parametrize("error", [timedelta(hours=25), -timedelta(hours=25)])
def test_beyond_a_day_the_clock_is_doubtful(session: Session, error: timedelta) -> None:
    report = at(submission(on=TODAY, written_at=NOW + error, sent_at=NOW + error))
    assert report.clock_doubtful
    assert report.written_at == NOW


def test_a_clock_that_is_wrong_by_a_day_is_not_doubtful(session: Session) -> None:
    error = timedelta(hours=24)
    assert not at(submission(on=TODAY, written_at=NOW + error, sent_at=NOW + error)).clock_doubtful


def test_a_phone_at_2015_is_corrected_and_doubtful(session: Session) -> None:
    phone = datetime(2015, 1, 1, 0, 0, tzinfo=UTC)
    three_days = timedelta(days=3)
    report = at(
        submission(
            on=TODAY - three_days,
            written_at=phone,
            written_at_raw="2015-01-01T07:00:00+07:00",
            sent_at=phone + three_days,
        )
    )
    assert report.clock_doubtful
    assert report.written_at == NOW - three_days
    assert report.written_at_raw == "2015-01-01T07:00:00+07:00"


def test_written_at_2015_and_sent_after_the_clock_was_set_right(session: Session) -> None:
    phone = datetime(2015, 1, 1, 0, 0, tzinfo=UTC)
    report = at(submission(on=TODAY, written_at=phone, sent_at=NOW))
    assert report.clock_doubtful
    assert report.written_at == NOW


def test_the_date_typed_by_a_phone_at_2015_is_asked_again(session: Session) -> None:
    phone = datetime(2015, 1, 1, 0, 0, tzinfo=UTC)
    wrong = submission(happened_on="2015-01-01", written_at=phone, sent_at=phone)
    assert list(refused(WrongContent, at, wrong).fields) == ["happened_on"]


def test_nothing_is_written_after_it_was_received(session: Session) -> None:
    report = at(submission(on=TODAY, written_at=NOW + timedelta(hours=3), sent_at=NOW))
    assert report.written_at == NOW


def test_without_a_clock_of_its_own_it_was_written_now(session: Session) -> None:
    report = at(submission(on=TODAY))
    assert (report.written_at, report.written_at_raw, report.clock_doubtful) == (NOW, None, False)


FAR = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2015, 1, 1, tzinfo=UTC),
    NOW,
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
]


@given(st.sampled_from([None, *FAR]), st.sampled_from([None, *FAR]))
def test_a_report_is_never_refused_for_a_wrong_clock(
    written: datetime | None, sent: datetime | None
) -> None:
    """A report that waited for ever because of a wrong clock would be lost."""
    moment, doubtful = corrected(written, sent, NOW)
    assert datetime(2026, 1, 1, tzinfo=UTC) <= moment <= NOW
    assert doubtful or sent in (None, NOW)


@pytest.mark.parametrize("waited", [1, 59, 200])
def test_waiting_is_never_a_ground_for_refusal(session: Session, waited: int) -> None:
    written = NOW
    received = NOW + timedelta(days=waited)
    report = at(submission(on=TODAY, written_at=written, sent_at=received), received)
    assert (report.happened_on, report.written_at) == (TODAY, written)


@pytest.mark.parametrize(("days", "taken"), [(1, True), (2, False), (-61, True), (-62, False)])
def test_a_date_has_a_days_tolerance(session: Session, days: int, taken: bool) -> None:
    sent = submission(on=TODAY + timedelta(days=days))
    if taken:
        assert at(sent).happened_on == TODAY + timedelta(days=days)
    else:
        assert list(refused(WrongContent, at, sent).fields) == ["happened_on"]


def test_the_day_is_that_of_lubuklinggau(session: Session) -> None:
    late_evening_utc = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # 03.00 on the 23rd
    assert late_evening_utc.astimezone(WIB).date() == TODAY
    tomorrow = TODAY + timedelta(days=1)
    assert at(submission(on=tomorrow), late_evening_utc).happened_on == tomorrow


# Offices.


def ended(person: Any, days_ago: int) -> None:
    steps.end_term(person, steps.today() - timedelta(days=days_ago))


def test_the_only_office_need_not_be_named(session: Session) -> None:
    assert send(RAHMAN).region_code == RT_1
    assert send(RAHMAN, region=RT_1).region_code == RT_1


def test_an_office_never_held_is_refused(session: Session) -> None:
    refused(NeverAllowed, send, RAHMAN, region=RT_2)
    refused(NeverAllowed, send, RAHMAN, region=PETANANG_ULU)
    refused(NeverAllowed, send, RAHMAN, region="99.99")


def test_a_former_head_sends_what_happened_in_his_time(session: Session) -> None:
    ended(RAHMAN, 5)
    in_his_time = steps.today() - timedelta(days=5)
    assert send(RAHMAN, region=RT_1, on=in_his_time).region_code == RT_1
    assert send(RAHMAN, on=in_his_time, text="Tanpa wilayah.").region_code == RT_1
    refused(NeverAllowed, send, RAHMAN, region=RT_1, on=in_his_time + timedelta(days=1))
    refused(NeverAllowed, send, RAHMAN, on=in_his_time + timedelta(days=1))


def test_a_former_head_sends_what_he_wrote_in_his_time(session: Session) -> None:
    """He wrote it on his last day about that evening, and sent it when the signal came back."""
    ended(RAHMAN, 5)
    written = steps.now() - timedelta(days=5)
    report = send(RAHMAN, region=RT_1, on=steps.today() - timedelta(days=5), written_at=written)
    assert report.written_at == written


def test_nobody_sends_what_happened_before_his_time(session: Session) -> None:
    since = steps.today() - timedelta(days=3)
    budi = steps.newcomer("Budi", "rt_head", f"{TABA_BARU}.002", since)
    assert send(budi, on=since)
    # Written in his term about the day before it: accepted, since he holds the office now.
    assert send(budi, on=since - timedelta(days=1))
    long_before = steps.now() - timedelta(days=10)
    early = {"on": since - timedelta(days=9), "written_at": long_before}
    refused(NeverAllowed, send, budi, region=budi.region, **early)


def test_with_two_offices_the_report_must_name_one(session: Session) -> None:
    steps.add_term(RAHMAN, RT_2)
    assert list(refused(WrongContent, send, RAHMAN).fields) == ["region"]
    assert send(RAHMAN, region=RT_2).region_code == RT_2
    assert send(RAHMAN, region=RT_1).region_code == RT_1


def test_two_terms_of_one_office_are_one_office(session: Session) -> None:
    yesterday = steps.today() - timedelta(days=1)
    ended(RAHMAN, 2)
    steps.add_term(RAHMAN, RT_1, since=yesterday)
    assert send(RAHMAN, on=yesterday).region_code == RT_1


def test_a_lurahs_report_starts_at_the_camat_and_a_camats_at_the_last_desk(
    session: Session,
) -> None:
    assert send(HARTONO).desk == "kecamatan"
    assert send(YUSUF).desk == "kota"


def test_what_a_lurah_did_as_head_is_still_the_reports_of_an_rt(session: Session) -> None:
    steps.add_term(HARTONO, RT_2, until=steps.today() - timedelta(days=1), role="rt_head")
    report = send(HARTONO, region=RT_2, on=steps.today() - timedelta(days=1))
    assert (report.author_desk, report.desk) == ("rt", "kelurahan")
    refused(NeverAllowed, steps.act, HARTONO, report, "verify")


@pytest.mark.parametrize("person", [DEWI, AGUS, RATNA], ids=str)
def test_roles_that_never_report_are_refused(session: Session, person: Any) -> None:
    refused(NeverAllowed, send, person)


def test_the_role_is_refused_before_the_content(session: Session) -> None:
    refused(NeverAllowed, submit, DEWI, submission("nihil", happened_on="", text="x" * 2000))
    refused(NeverAllowed, submit, RAHMAN, submission(region=RT_2, happened_on=""))


def test_officials_categories_are_theirs(session: Session) -> None:
    assert list(refused(WrongContent, send, RAHMAN, "pad_inovasi").fields) == ["category"]
    assert send(HARTONO, "pad_inovasi").category == "pad_inovasi"


# One report a month.


@pytest.mark.parametrize(
    ("person", "category"),
    [(RAHMAN, "nihil"), (RAHMAN, "kependudukan"), (HARTONO, "rekap_bulanan")],
    ids=["nihil", "kependudukan", "rekap_bulanan"],
)
def test_a_second_of_the_month_names_the_first(
    session: Session, person: Any, category: str
) -> None:
    first = send(person, category)
    error = refused(WrongContent, send, person, category)
    assert list(error.fields) == ["fields.periode"]
    assert first.number in error.fields["fields.periode"]
    assert error.code == "second_of_period"


def test_another_month_category_or_region_is_free(session: Session) -> None:
    send(RAHMAN, "nihil")
    assert send(RAHMAN, "kependudukan")
    assert send(SITI, "nihil")
    last = months(steps.today())[1]
    assert send(RAHMAN, "nihil", fields={"periode": last}).period == last


@pytest.mark.parametrize("how", ["reject", "withdraw"])
def test_what_was_rejected_or_withdrawn_does_not_stand_in_the_way(
    session: Session, how: str
) -> None:
    first = send(RAHMAN, "nihil")
    steps.act(HARTONO if how == "reject" else RAHMAN, first, how)
    assert send(RAHMAN, "nihil").id != first.id


def test_a_returned_report_still_takes_up_its_month(session: Session) -> None:
    steps.act(HARTONO, send(RAHMAN, "nihil"), "return")
    refused(WrongContent, send, RAHMAN, "nihil")


def test_two_holders_of_one_office_at_the_same_moment_file_one(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither finds the other's report when it looks, so the unique index decides."""
    second = steps.newcomer("Budi", "rt_head", RT_1)
    looked = intake.refuse_second
    answers = [None]  # each finds nothing at its first look

    def blind(*args: Any, **options: Any) -> None:
        seen.append(1)
        return answers[0] if len(seen) <= 2 else looked(*args, **options)

    seen: list[int] = []
    monkeypatch.setattr(intake, "refuse_second", blind)
    outcomes = steps.at_once(
        app, lambda: send(RAHMAN, "nihil").number, lambda: send(second, "nihil").number
    )
    errors = [one for one in outcomes if isinstance(one, Exception)]
    numbers = [one for one in outcomes if isinstance(one, str)]
    assert [type(one) for one in errors] == [WrongContent], outcomes
    assert numbers[0] in errors[0].fields["fields.periode"]
    assert count(session) == 1
    assert list(session.scalars(select(Event.seq))) == [1]


# Numbers and receipts.


def test_a_report_number_with_a_wrong_digit_is_no_number() -> None:
    numbers = {intake.number_of(seq) for seq in range(1, 3000)}
    assert len(numbers) == 2999
    for number in list(numbers)[:200]:
        for place, digit in enumerate(number):
            for other in set("0123456789") - {digit}:
                assert number[:place] + other + number[place + 1 :] not in numbers


@pytest.mark.parametrize(("seq", "number"), [(1, "00018"), (7992739871, "79927398713")])
def test_the_check_digit_is_luhns(seq: int, number: str) -> None:
    assert intake.number_of(seq) == number


def test_a_receipt_names_the_report_and_each_photo(session: Session) -> None:
    photos = [photo(), photo()]
    with time_machine.travel(NOW, tick=False):
        report = send(RAHMAN, "sampah", photos=photos)
    assert receipts.receipt(report).as_json() == {
        "client_id": report.client_id,
        "number": report.number,
        "received_at": "2026-11-23T00:12:00+00:00",
        "photos": [{"id": one.id, "sha256": one.sha256, "state": "missing"} for one in photos],
    }


def test_two_photos_of_the_same_bytes_are_two_photos(session: Session) -> None:
    one, two = photo("same"), photo("same")
    assert one.sha256 == two.sha256
    assert len(send(RAHMAN, "sampah", photos=[one, two]).photos) == 2


def test_a_refused_report_leaves_nothing(session: Session) -> None:
    refused(WrongContent, send, RAHMAN, text="")
    refused(NeverAllowed, send, RAHMAN, region=RT_2)
    assert (count(session), count(session, Event), count(session, Revision)) == (0, 0, 0)
    assert send(RAHMAN).number == intake.number_of(1)


def test_bencana_is_urgent_and_nothing_else(session: Session) -> None:
    assert send(RAHMAN, "bencana").urgent
    assert not send(RAHMAN, "sampah").urgent


def test_the_first_event_is_the_submission(session: Session) -> None:
    report = submit(RAHMAN, submission(raw=raw(on=TODAY)), NOW)
    (event,) = steps.events_of(report)
    said = (event.action, event.from_desk, event.to_desk, event.actor_desk, event.at)
    assert said == ("submit", None, "kelurahan", "rt", NOW)
    assert event.actor.name == RAHMAN.name
    assert event.content_digest == report.content_digest


# A former office.


def test_what_a_former_head_wrote_is_taken_for_sixty_days_after_his_term(session: Session) -> None:
    """It was written in the term, and lay on a phone; after that the office speaks for the RT."""
    end = steps.today() - timedelta(days=60)
    steps.end_term(RAHMAN, end)
    written = datetime.combine(end, time(12), WIB)
    at = now()
    said = {"written_at": written, "sent_at": at, "on": end}
    assert steps.send(RAHMAN, at=at, **said).reporter_id == user_of(RAHMAN).id
    receipt, _ = intake.submit(user_of(RAHMAN), sent := steps.submission(**said, text="Lagi"), at)
    for region in (None, RAHMAN.region):
        late = steps.refused(
            NeverAllowed,
            steps.send,
            RAHMAN,
            at=at + timedelta(days=1),
            **(said | {"sent_at": at + timedelta(days=1), "region": region}),
        )
        assert "60 hari" in late.message
    again, new = intake.submit(user_of(RAHMAN), sent, at + timedelta(days=9))
    assert (again.number, new) == (receipt.number, False), "a repeat still gets its receipt"


@pytest.mark.parametrize(
    ("first", "second"), [(RAHMAN.region, SITI.region), (SITI.region, RAHMAN.region)]
)
def test_of_two_offices_at_the_time_the_one_that_is_still_good_is_taken(
    session: Session, first: str, second: str
) -> None:
    """Budi was head of two RTs, in whatever order, and of one of them is no more."""
    budi = steps.newcomer("Budi", "rt_head", first)
    steps.add_term(budi, second)
    end = steps.today() - timedelta(days=61)
    for term in user_of(budi).terms:
        if term.region_code == SITI.region:
            with writing():
                term.until = end
    said = {"written_at": datetime.combine(end, time(12), WIB), "on": end}
    assert send(budi, **said).region_code == RAHMAN.region
    assert "60 hari" in refused(NeverAllowed, send, budi, region=SITI.region, **said).message


def test_an_old_term_does_not_end_a_new_one(session: Session) -> None:
    """He was head a year ago, and is again."""
    steps.end_term(RAHMAN, steps.today() - timedelta(days=365))
    steps.add_term(RAHMAN, RAHMAN.region, since=steps.today() - timedelta(days=5))
    assert steps.send(RAHMAN).region_code == RAHMAN.region
