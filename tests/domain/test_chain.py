"""The rules of the chain hold whatever people try, in whatever order.

First the pure rules, with many random histories. Then the same through the database, with fewer
histories: the events alone must give the state that the report's row has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.domain import chain, events, reasons
from sipokat.domain.chain import Actor, Move, Request, State
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, Refused, WrongContent
from sipokat.models import Counter, Event, Photo, Report, Revision
from tests import steps
from tests.cast import (
    CAST,
    DEWI,
    EFFENDI,
    HARTONO,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.services.matrix import examples

DESKS = ("rt", "kelurahan", "kecamatan", "kota")
ACTIONS = ("verify", "return", "reject", "revise", "withdraw", "reopen")
ENDS = {"verified", "rejected", "withdrawn"}
HELD = {"rt_head": "rt", "lurah": "kelurahan", "camat": "kecamatan", "pemerintahan": "kota"}

# The people of the histories: (id, role, whether the report lies in their region). An id that
# occurs twice is a person who moved up: they wrote or decided at a lower desk before.
CROWD = (
    ("head", "rt_head", True),
    ("next head", "rt_head", True),
    ("head elsewhere", "rt_head", False),
    ("lurah", "lurah", True),
    ("second lurah", "lurah", True),
    ("head", "lurah", True),
    ("lurah elsewhere", "lurah", False),
    ("camat", "camat", True),
    ("second camat", "camat", True),
    ("lurah", "camat", True),
    ("camat elsewhere", "camat", False),
    ("pemerintahan", "pemerintahan", True),
    ("second pemerintahan", "pemerintahan", True),
    ("camat", "pemerintahan", True),
    ("pemerintahan elsewhere", "pemerintahan", False),
    ("diskominfo", "diskominfo", True),
    ("asisten", "asisten", True),
    ("viewer", "viewer", True),
)
AUTHORS = {"rt": "head", "kelurahan": "lurah", "kecamatan": "camat"}


def actor_for(author_desk: str, who: tuple[str, str, bool]) -> Actor:
    """This person, facing a report that was written at that desk. Nobody decides below it."""
    name, role, here = who
    desk = HELD.get(role)
    holds = here and desk is not None and DESKS.index(desk) >= DESKS.index(author_desk)
    return Actor(name, frozenset({role}), frozenset({desk}) if holds and desk else frozenset())


def sound(state: State, action: str) -> Request:
    """A request whose content is correct."""
    klass = "kinerja" if action == "verify" and state.classed and state.klass is None else None
    return Request(
        action, state.version, klass, "lainnya" if reasons.asks_reason(action) else None, "Ya"
    )


@dataclass
class Deed:
    """One action: the state before it, who asked for it, the move and the state after it."""

    before: State
    actor: Actor
    request: Request
    move: Move
    after: State


@dataclass
class History:
    """A report from its submission on, with every action on it."""

    author_desk: str
    moves: list[Move]
    deeds: list[Deed]
    state: State

    @classmethod
    def begin(cls, author_desk: str, classed: bool) -> History:
        move, state = chain.start(author_desk, AUTHORS[author_desk], classed)
        return cls(author_desk, [move], [], state)

    def attempt(self, actor: Actor, request: Request) -> None:
        before = self.state
        try:
            move = chain.decide(before, actor, request)
        except Refused:
            return
        self.state = chain.advance(before, move)
        self.moves.append(move)
        self.deeds.append(Deed(before, actor, request, move, self.state))


requests = st.builds(
    Request,
    action=st.sampled_from(ACTIONS),
    version=st.none() | st.integers(0, 4),
    klass=st.sampled_from([None, None, "kinerja", "kegiatan", "emas"]),
    reason=st.sampled_from([None, "lainnya", "lainnya", "laporan_ganda", "entah"]),
    note=st.sampled_from(["", "Mohon dilengkapi.", "x" * 501]),
)
# With people drawn at random few reports would get far. So two of three attempts are by somebody
# of the role whose turn it is, who may still be the wrong person of that role.
FIT = {
    "rt": ["revise", "revise", "withdraw"],
    "kelurahan": ["verify", "verify", "return", "reject"],
    "kecamatan": ["verify", "verify", "return", "reject"],
    "kota": ["verify", "return", "reject"],
}
BY_DESK = {desk: [who for who in CROWD if HELD.get(who[1]) == desk] for desk in DESKS}
attempts = st.lists(
    st.tuples(
        st.sampled_from([True, True, False]),
        st.integers(0, 59),
        st.sampled_from(CROWD),
        st.sampled_from(ACTIONS),
        st.none() | requests,
    ),
    max_size=30,
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = History.begin(draw(st.sampled_from(list(AUTHORS))), draw(st.booleans()))
    for fit, number, who, action, wild in draw(attempts):
        state = history.state
        if fit:
            desk = state.desk or "kota"
            who = BY_DESK[desk][number % len(BY_DESK[desk])]
            fitting = FIT["rt" if desk == state.author_desk else desk]
            action = fitting[number % len(fitting)] if state.desk else "reopen"
        actor = actor_for(history.author_desk, who)
        history.attempt(actor, sound(state, action) if fit or wild is None else wild)
    return history


pure = settings(max_examples=examples(100))


@pure
@given(histories())
def test_the_events_alone_give_the_state(history: History) -> None:
    classed = history.state.classed
    assert chain.fold(history.author_desk, classed, history.moves) == history.state
    assert history.state.version == len(history.moves)


@pure
@given(histories())
def test_no_desk_is_ever_skipped(history: History) -> None:
    places = [DESKS.index(history.author_desk)]
    for move in history.moves:
        if move.to_desk is None:
            continue
        if move.action != "reopen":
            assert abs(DESKS.index(move.to_desk) - places[-1]) == 1, move
        places.append(DESKS.index(move.to_desk))


@pure
@given(histories())
def test_verified_means_by_every_desk_above_since_the_content_last_changed(
    history: History,
) -> None:
    if history.state.status != "verified":
        return
    last_writing = max(
        place for place, move in enumerate(history.moves) if move.action in ("submit", "revise")
    )
    verified_at = {
        move.from_desk for move in history.moves[last_writing:] if move.action == "verify"
    }
    assert verified_at == set(DESKS[DESKS.index(history.author_desk) + 1 :])


@pure
@given(histories())
def test_a_report_lies_on_one_desk_or_is_finished(history: History) -> None:
    lowest = DESKS.index(history.author_desk)
    for deed in history.deeds:
        state = deed.after
        assert state.status in ENDS | {"waiting", "returned"}
        assert (state.desk is None) == (state.status in ENDS)
        assert state.desk is None or DESKS.index(state.desk) >= lowest
        assert (state.status == "returned") == (deed.move.action == "return")


@pure
@given(histories())
def test_nobody_outside_acts(history: History) -> None:
    for deed in history.deeds:
        if deed.request.action in ("verify", "return", "reject"):
            assert deed.before.desk in deed.actor.desks
        elif deed.request.action == "reopen":
            assert "pemerintahan" in deed.actor.roles
            assert "kota" in deed.actor.desks
        else:
            assert history.author_desk in deed.actor.desks


@pure
@given(histories())
def test_nobody_decides_their_own_or_twice_on_the_way_up(history: History) -> None:
    writers = {AUTHORS[history.author_desk]}
    decided: list[tuple[str, str]] = []
    for deed in history.deeds:
        who, desk = deed.actor.id, deed.before.desk
        if deed.request.action in ("verify", "return", "reject"):
            assert desk is not None
            assert who not in writers
            assert not [
                below
                for name, below in decided
                if name == who and DESKS.index(below) < DESKS.index(desk)
            ]
            decided.append((who, desk))
        if deed.request.action == "revise":
            writers.add(who)


@pure
@given(histories(), st.sampled_from(["lurah", "kasi", "head"]))
def test_an_rt_that_is_no_more_has_heirs_while_a_report_lies_there(
    history: History, who: str
) -> None:
    """Whoever sits above mends and withdraws it, and so does who wrote it; nothing else is theirs
    by that. What they may do at their own desk stays as it is."""
    state, desks = history.state, frozenset({"kelurahan"} if who != "head" else ())
    role = "rt_head" if who == "head" else "lurah"
    without = Actor(who, frozenset({role}), desks)
    before, after = (
        set(chain.allowed(state, one)) for one in (without, replace(without, heir=True))
    )
    if history.author_desk == state.desk == "rt":
        assert after == before | {"revise", "withdraw"}
        for action in ("revise", "withdraw"):
            chain.decide(state, replace(without, heir=True), sound(state, action))
    elif history.author_desk == "rt":
        assert after == before


@given(histories())
def test_only_bag_pemerintahan_moves_what_is_final(history: History) -> None:
    for deed in history.deeds:
        if deed.before.status in ENDS:
            assert deed.request.action == "reopen"
            assert "pemerintahan" in deed.actor.roles
        else:
            assert deed.request.action != "reopen"


@pure
@given(histories())
def test_a_reopened_report_waits_where_it_ended_with_its_class(history: History) -> None:
    for end, again in pairwise(history.deeds):
        if again.request.action == "reopen":
            assert again.after.status == "waiting"
            assert again.after.desk == end.move.from_desk
            assert again.after.klass == end.after.klass


@pure
@given(histories())
def test_what_is_classed_has_a_class_above_its_first_desk(history: History) -> None:
    first = DESKS.index(history.author_desk) + 1
    for deed in history.deeds:
        state = deed.after
        if not state.classed:
            assert state.klass is None
        elif (
            state.desk is not None and DESKS.index(state.desk) > first
        ) or state.status == "verified":
            assert state.klass in ("kinerja", "kegiatan")


@pure
@given(histories(), st.sampled_from(CROWD), requests)
def test_refusals_come_in_their_order(
    history: History, who: tuple[str, str, bool], asked: Request
) -> None:
    """403 depends on neither the version nor the content, and 409 not on the content. 422 is only
    for a request that would be carried out if its content were correct."""
    state = history.state
    actor = actor_for(history.author_desk, who)
    outcome = outcome_of(state, actor, asked)
    rightly = replace(sound(state, asked.action), version=asked.version)
    now = replace(rightly, version=state.version)
    if outcome is NeverAllowed:
        assert outcome_of(state, actor, now) is NeverAllowed
    elif outcome is NotNow:
        assert outcome_of(state, actor, rightly) is NotNow
    else:
        assert outcome in (None, WrongContent)
        assert outcome_of(state, actor, now) is None


@pure
@given(histories(), st.sampled_from(CROWD))
def test_exactly_the_allowed_actions_are_carried_out(
    history: History, who: tuple[str, str, bool]
) -> None:
    state = history.state
    actor = actor_for(history.author_desk, who)
    taken = [one for one in ACTIONS if outcome_of(state, actor, sound(state, one)) is None]
    assert sorted(chain.allowed(state, actor)) == sorted(taken)


def outcome_of(state: State, actor: Actor, request: Request) -> type[Refused] | None:
    try:
        chain.decide(state, actor, request)
    except Refused as refusal:
        return type(refusal)
    return None


# The rules of the table, one by one.

HEAD = Actor("head", frozenset({"rt_head"}), frozenset({"rt"}))
LURAH = Actor("lurah", frozenset({"lurah"}), frozenset({"kelurahan"}))
CAMAT = Actor("camat", frozenset({"camat"}), frozenset({"kecamatan"}))
LAST = Actor("pemerintahan", frozenset({"pemerintahan"}), frozenset({"kota"}))


def told(*deeds: tuple[Actor, str], author_desk: str = "rt", classed: bool = True) -> State:
    """The state after these actions, all of them correct."""
    _, state = chain.start(author_desk, AUTHORS[author_desk], classed)
    for actor, action in deeds:
        state = chain.advance(state, chain.decide(state, actor, sound(state, action)))
    return state


@pytest.mark.parametrize(
    ("author_desk", "first"),
    [("rt", "kelurahan"), ("kelurahan", "kecamatan"), ("kecamatan", "kota")],
)
def test_a_report_starts_on_the_desk_above_its_authors(author_desk: str, first: str) -> None:
    state = told(author_desk=author_desk)
    assert (state.status, state.desk, state.version) == ("waiting", first, 1)


def test_nobody_sits_above_the_last_desk() -> None:
    with pytest.raises(ValueError, match="kota"):
        chain.start("kota", "pemerintahan", True)


def test_three_verifications_end_it() -> None:
    state = told((LURAH, "verify"), (CAMAT, "verify"))
    assert (state.status, state.desk) == ("waiting", "kota")
    state = told((LURAH, "verify"), (CAMAT, "verify"), (LAST, "verify"))
    assert (state.status, state.desk) == ("verified", None)


def test_returned_goes_down_one_desk_at_a_time() -> None:
    up = [(LURAH, "verify"), (CAMAT, "verify")]
    state = told(*up, (LAST, "return"))
    assert (state.status, state.desk) == ("returned", "kecamatan")
    state = told(*up, (LAST, "return"), (CAMAT, "return"))
    assert (state.status, state.desk) == ("returned", "kelurahan")
    state = told(*up, (LAST, "return"), (CAMAT, "return"), (LURAH, "return"))
    assert (state.status, state.desk) == ("returned", "rt")


def test_revised_starts_above_its_author_however_far_it_had_come() -> None:
    down = [(LURAH, "verify"), (CAMAT, "return"), (LURAH, "return"), (HEAD, "revise")]
    state = told(*down)
    assert (state.status, state.desk, state.klass) == ("waiting", "kelurahan", "kinerja")


@pytest.mark.parametrize("action", ["revise", "withdraw", "verify", "return", "reject"])
def test_what_is_final_takes_nothing_but_reopening(action: str) -> None:
    actor = HEAD if action in ("revise", "withdraw") else CAMAT
    for end in ([(LURAH, "reject")], [(HEAD, "withdraw")]):
        state = told(*end)
        assert outcome_of(state, actor, sound(state, action)) is NotNow


def test_a_desk_between_sends_a_returned_report_on_only_with_a_note() -> None:
    state = told((LURAH, "verify"), (CAMAT, "return"))
    silent = Request("verify", state.version)
    with pytest.raises(WrongContent) as caught:
        chain.decide(state, LURAH, silent)
    assert list(caught.value.fields) == ["note"]
    assert chain.decide(state, LURAH, replace(silent, note="Sudah dicek ulang.")).to_desk == (
        "kecamatan"
    )


def test_a_desk_between_may_class_a_returned_report_anew() -> None:
    state = told((LURAH, "verify"), (CAMAT, "return"))
    anew = Request("verify", state.version, "kegiatan", note="Ternyata kegiatan biasa.")
    assert state.klass == "kinerja"
    assert chain.decide(state, LURAH, anew).klass == "kegiatan"


def test_a_desk_above_does_not_change_the_class() -> None:
    state = told((LURAH, "verify"))
    assert chain.decide(state, CAMAT, Request("verify", 2)).klass == "kinerja"
    assert chain.decide(state, CAMAT, Request("verify", 2, "kinerja")).klass == "kinerja"
    with pytest.raises(WrongContent) as caught:
        chain.decide(state, CAMAT, Request("verify", 2, "kegiatan"))
    assert list(caught.value.fields) == ["class"]


@pytest.mark.parametrize("klass", [None, "", "emas"])
def test_the_first_verification_must_class_it(klass: str | None) -> None:
    with pytest.raises(WrongContent) as caught:
        chain.decide(told(), LURAH, Request("verify", 1, klass))
    assert list(caught.value.fields) == ["class"]


@pytest.mark.parametrize("klass", ["kinerja", "kegiatan"])
def test_nihil_and_the_like_take_no_class(klass: str) -> None:
    state = told(classed=False)
    with pytest.raises(WrongContent):
        chain.decide(state, LURAH, Request("verify", 1, klass))
    assert chain.decide(state, LURAH, Request("verify", 1)).klass is None


@pytest.mark.parametrize("action", ["return", "reject"])
def test_returning_and_rejecting_need_a_reason_and_a_note(action: str) -> None:
    with pytest.raises(WrongContent) as caught:
        chain.decide(told(), LURAH, Request(action, 1))
    assert sorted(caught.value.fields) == ["note", "reason"]


def test_reopening_needs_a_reason() -> None:
    state = told((LURAH, "reject"))
    with pytest.raises(WrongContent) as caught:
        chain.decide(state, LAST, Request("reopen", 2))
    assert list(caught.value.fields) == ["reason"]


@pytest.mark.parametrize("action", ["verify", "withdraw"])
def test_a_reason_where_none_is_asked_is_wrong(action: str) -> None:
    actor = LURAH if action == "verify" else HEAD
    said = replace(sound(told(), action), reason="x" * 100)
    with pytest.raises(WrongContent) as caught:
        chain.decide(told(), actor, said)
    assert list(caught.value.fields) == ["reason"]


@pytest.mark.parametrize("action", ["verify", "return", "reject", "withdraw"])
def test_a_note_has_its_length(action: str) -> None:
    actor = HEAD if action == "withdraw" else LURAH
    fits = replace(sound(told(), action), note="é" * 500)
    assert chain.decide(told(), actor, fits)
    with pytest.raises(WrongContent) as caught:
        chain.decide(told(), actor, replace(fits, note="é" * 501))
    assert list(caught.value.fields) == ["note"]


def test_the_author_withdraws_before_the_first_decision_or_when_it_lies_there() -> None:
    assert told((HEAD, "withdraw")).status == "withdrawn"
    assert told((LURAH, "return"), (HEAD, "withdraw")).status == "withdrawn"
    seen = told((LURAH, "verify"))
    assert outcome_of(seen, HEAD, sound(seen, "withdraw")) is NotNow
    mended = told((LURAH, "return"), (HEAD, "revise"))
    assert outcome_of(mended, HEAD, sound(mended, "withdraw")) is NotNow


@pytest.mark.parametrize(
    ("end", "desk"),
    [
        ([(LURAH, "verify"), (CAMAT, "verify"), (LAST, "verify")], "kota"),
        ([(LURAH, "verify"), (CAMAT, "reject")], "kecamatan"),
        ([(LURAH, "reject")], "kelurahan"),
        ([(HEAD, "withdraw")], "kelurahan"),
    ],
)
def test_reopened_on_the_desk_of_its_last_decision(end: list[tuple[Actor, str]], desk: str) -> None:
    state = told(*end, (LAST, "reopen"))
    assert (state.status, state.desk) == ("waiting", desk)
    assert state.klass == told(*end).klass


@pytest.mark.parametrize(
    "actor",
    [HEAD, LURAH, CAMAT, *(Actor(key, frozenset({key})) for key in ("asisten", "viewer"))],
)
def test_nobody_else_reopens(actor: Actor) -> None:
    state = told((LURAH, "reject"))
    assert outcome_of(state, actor, sound(state, "reopen")) is NeverAllowed


def test_a_former_member_of_the_last_desk_reopens_nothing() -> None:
    state = told((LURAH, "reject"))
    former = Actor("former", frozenset({"pemerintahan"}))
    assert outcome_of(state, former, sound(state, "reopen")) is NeverAllowed


def test_a_lurah_who_wrote_it_as_head_does_not_decide_it() -> None:
    risen = Actor("head", frozenset({"lurah"}), frozenset({"kelurahan"}))
    with pytest.raises(NeverAllowed) as caught:
        chain.decide(told(), risen, sound(told(), "verify"))
    assert caught.value.code == "own"


def test_a_camat_who_decided_it_as_lurah_leaves_it_to_another() -> None:
    state = told((LURAH, "verify"))
    risen = Actor("lurah", frozenset({"camat"}), frozenset({"kecamatan"}))
    with pytest.raises(NeverAllowed) as caught:
        chain.decide(state, risen, sound(state, "verify"))
    assert caught.value.code == "own"
    other = Actor("second camat", frozenset({"camat"}), frozenset({"kecamatan"}))
    assert chain.decide(state, other, sound(state, "verify")).to_desk == "kota"


def test_two_of_one_office_do_not_decide_each_others_reports() -> None:
    state = told(author_desk="kelurahan")
    second = Actor("second lurah", frozenset({"lurah"}), frozenset({"kelurahan"}))
    assert outcome_of(state, second, sound(state, "verify")) is NeverAllowed


def test_the_same_lurah_decides_again_after_a_revision() -> None:
    state = told((LURAH, "return"), (HEAD, "revise"), (LURAH, "verify"))
    assert state.desk == "kecamatan"


@pytest.mark.parametrize("version", [0, 1, 3, 99])
def test_an_old_version_is_not_acted_on(version: int) -> None:
    state = told((LURAH, "verify"))
    assert outcome_of(state, CAMAT, replace(sound(state, "verify"), version=version)) is NotNow


# The same, through the database.

FEW = settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],  # shrinking a failure would take minutes here
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TRYING = (RAHMAN, SITI, HARTONO, SARI, YUSUF, EFFENDI, DEWI, ZAINAL, RATNA)
IN_SIGHT = (RAHMAN, HARTONO, YUSUF, DEWI)
WRITING = {"rt_head": RAHMAN, "lurah": HARTONO, "camat": YUSUF}
tries = st.lists(
    st.tuples(
        st.sampled_from((*TRYING, RAHMAN, HARTONO, HARTONO, YUSUF, DEWI)),
        st.sampled_from((*ACTIONS, "verify", "verify", "return", "revise")),
        st.sampled_from([0, 0, 0, -1]),
    ),
    min_size=6,
    max_size=16,
)


def everything(session: Session) -> list[Any]:
    """Every row of the database that tells of reports."""
    steps.afresh(session)
    tables = (Report, Event, Revision, Photo, Counter)
    columns = [list(model.__table__.columns) for model in tables]
    return [sorted(map(repr, session.execute(select(*one)))) for one in columns]


@FEW
@given(st.sampled_from(list(WRITING)), tries)
@example("rt_head", [(HARTONO, "verify", 0), (YUSUF, "return", 0), (HARTONO, "verify", 0)])
def test_events_alone_rebuild_what_the_database_keeps(
    session: Session, writer: str, tried: list[tuple[Person, str, int]]
) -> None:
    report = steps.send(WRITING[writer], "sampah")
    for person, action, off in tried:
        before = everything(session)
        version = report.version + off
        try:
            if action == "revise":
                text = f"Perbaikan dari versi {version}."
                steps.revise(person, report, version=version, text=text)
            else:
                steps.act(person, report, action, version=version)
        except (NeverAllowed, NotNow, NotFound, WrongContent):
            assert everything(session) == before, "a refused action changed something"
        else:
            assert person in IN_SIGHT, "somebody acted on what they may not see or not touch"
            assert off == 0
            assert report.version == version + 1
    check_kept(session, report)
    check_gapless(session)


def check_kept(session: Session, report: Report) -> None:
    steps.afresh(session)
    told = steps.events_of(report)
    state = events.rebuild(report, told)
    kept = (report.status, report.desk, report.version, report.klass)
    assert kept == (state.status, state.desk, state.version, state.klass)
    assert report.version == len(told)
    assert [event.version for event in told] == list(range(1, len(told) + 1))
    by_version = {row.version: row for row in report.revisions}
    content: Revision | None = None
    for event in told:
        content = by_version.pop(event.version, content)
        assert content is not None
        assert event.content_digest == content.content_digest == digest_of(report, content)
    assert not by_version, "a revision of no event"
    assert report.content_digest == told[-1].content_digest


def digest_of(report: Report, row: Revision) -> str:
    """The digest as anybody can compute it from the stored rows: SHA-256 of canonical JSON."""
    whole = {"category": report.category, "region": report.region_code, **row.content}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def check_gapless(session: Session) -> None:
    numbers = list(session.scalars(select(Event.seq).order_by(Event.seq)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert session.scalar(select(Counter.value).where(Counter.name == "event")) == numbers[-1]
    assert session.scalar(select(func.count(Event.seq.distinct()))) == len(numbers)


def test_the_cast_of_the_random_histories_holds_every_desk() -> None:
    assert {one.role for one in TRYING} == {one.role for one in CAST} - {"diskominfo"}
