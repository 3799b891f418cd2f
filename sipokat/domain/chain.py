"""The chain of verification as pure rules: a state, an actor and an action give a move or a
refusal. No database, no clock.

One rule covers every author: a report starts on the desk above its author's and moves up one
desk at each verification.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sipokat.domain import reasons
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import NeverAllowed, NotNow, Refused, WrongContent
from sipokat.domain.roles import DESK_WORDS, DESKS, ROLES, above, below
from sipokat.domain.texts import too_long

FINAL = ("verified", "rejected", "withdrawn")
DECISIONS = ("verify", "return", "reject")
AUTHOR_ACTIONS = ("revise", "withdraw")
CLASSES = {"kinerja": "Kinerja", "kegiatan": "Kegiatan biasa"}


@dataclass(frozen=True)
class State:
    """What the rules need to know of a report.

    `decided` holds (person, desk) of every decision; `last_desk` is the desk that a reopened
    report goes back to; `writers` wrote or revised the content. `recorder` wrote it for an RT from
    the desk above, and may mend it from there.
    """

    author_desk: str
    status: str
    desk: str | None
    version: int
    klass: str | None = None
    classed: bool = True
    decided: tuple[tuple[str, str], ...] = ()
    last_desk: str | None = None
    writers: frozenset[str] = frozenset()
    recorder: str | None = None
    urgent: bool = False

    @property
    def final(self) -> bool:
        return self.status in FINAL


@dataclass(frozen=True)
class Actor:
    """A person before one report: the roles in which they act anywhere, and the desks over this
    report that they hold now. `heir` says that the author's RT is there no more and that they may
    act at its desk: from the one above, or where they wrote the report."""

    id: str
    roles: frozenset[str]
    desks: frozenset[str] = frozenset()
    heir: bool = False


@dataclass(frozen=True)
class Request:
    """What the actor asks for. `version` is the one that they saw; None skips that check. `other`
    is the number of another report, where the reason asks for one. `office` is as what the
    actor acts (`Office.held_as`), where they hold several offices at the desk and have chosen.
    `together`: the report is one of many that are verified at once; `klass` is then the class of
    all of them, and said to those that take one."""

    action: str
    version: int | None = None
    klass: str | None = None
    reason: str | None = None
    note: str = ""
    other: str = ""
    office: str = ""
    together: bool = False


@dataclass(frozen=True)
class Move:
    """One event, as far as the rules see it."""

    action: str
    actor: str
    from_desk: str | None
    to_desk: str | None
    klass: str | None = None


def start(author_desk: str, author: str, classed: bool) -> tuple[Move, State]:
    """The submission: to the desk above the author's."""
    first = above(author_desk)
    if first is None:
        raise ValueError(f"nobody sits above {author_desk}")
    empty = State(author_desk, "waiting", None, 0, classed=classed)
    move = Move("submit", author, None, first)
    return move, advance(empty, move)


def decide(state: State, actor: Actor, request: Request) -> Move:
    """The move that this request makes, or the refusal, in the order of precedence."""
    _role_never(state, actor, request.action)
    _not_now(state, actor, request)
    if request.together:
        request = _among_others(state, request)
    _content(state, request)
    return _move(state, actor, request)


def allowed(state: State, actor: Actor) -> tuple[str, ...]:
    """The actions that this person may take now."""
    actions = (*DECISIONS, *AUTHOR_ACTIONS, "reopen")
    return tuple(action for action in actions if _permits(state, actor, action))


def _permits(state: State, actor: Actor, action: str) -> bool:
    try:
        _role_never(state, actor, action)
        _not_now(state, actor, Request(action))
    except Refused:
        return False
    return True


def _role_never(state: State, actor: Actor, action: str) -> None:
    """403: this role, or this person, never does this to this report."""
    roles = [ROLES[key] for key in actor.roles]
    if action == "reopen":
        if not any(role.reopens and role.desk in actor.desks for role in roles):
            raise NeverAllowed("Hanya Bag. Pemerintahan yang dapat membuka kembali laporan.")
        return
    if action in AUTHOR_ACTIONS:
        if not _for_author(state, actor):
            raise NeverAllowed("Hanya pelapor yang dapat melakukan ini.")
        return
    deciding = {role.desk for role in roles if role.decides and role.desk}
    if not deciding:
        raise NeverAllowed("Jabatan Anda tidak memeriksa laporan.")
    if actor.id in state.writers or (state.desk in actor.desks and _decided_below(state, actor)):
        raise NeverAllowed("Laporan Anda sendiri. Pejabat lain yang memeriksanya.", code="own")
    if actor.desks and not deciding & actor.desks:
        raise NeverAllowed("Jabatan Anda di wilayah ini tidak memeriksa laporan.")
    # Somebody without a desk over this report is judged by where they sit elsewhere.
    highest = max(DESKS.index(desk) for desk in deciding & actor.desks or deciding)
    if highest <= DESKS.index(state.author_desk) or state.author_desk in actor.desks:
        next_up = DESK_WORDS[above(state.author_desk) or "kota"]
        raise NeverAllowed(
            f"Laporan ini dari kantor Anda sendiri. Yang memeriksanya {next_up}.", code="own"
        )


def _for_author(state: State, actor: Actor) -> bool:
    """Whether the actor may act as the author's office: its holder, whoever of the desk above has
    written the report for it, and its heir."""
    return _holds_for_author(state, actor) or _inherits(state, actor)


def _holds_for_author(state: State, actor: Actor) -> bool:
    recorded = actor.id == state.recorder and above(state.author_desk) in actor.desks
    return state.author_desk in actor.desks or recorded


def _inherits(state: State, actor: Actor) -> bool:
    mine = above(state.author_desk) in actor.desks or actor.id in state.writers
    return actor.heir and mine


def _decided_below(state: State, actor: Actor) -> bool:
    assert state.desk is not None
    here = DESKS.index(state.desk)
    return any(who == actor.id and DESKS.index(desk) < here for who, desk in state.decided)


def _not_now(state: State, actor: Actor, request: Request) -> None:
    """409: may, but not now: final, other desk, old version."""
    action = request.action
    if action == "reopen":
        if not state.final:
            raise NotNow("Laporan ini belum selesai, jadi tidak perlu dibuka kembali.")
    elif state.final:
        raise NotNow("Laporan ini sudah selesai. Lihat keadaannya sekarang.")
    elif action == "revise":
        if state.desk != state.author_desk:
            raise NotNow(f"Laporan sedang di meja {_desk(state)}, belum dapat diperbaiki.")
    elif action == "withdraw":
        if state.decided and state.desk != state.author_desk:
            raise NotNow("Laporan sudah diperiksa, jadi tidak dapat dibatalkan lagi.")
        if state.desk != state.author_desk and not _holds_for_author(state, actor):
            raise NotNow(f"Laporan sedang di meja {_desk(state)}. Lihat keadaannya sekarang.")
    elif state.desk not in actor.desks:
        raise NotNow(f"Laporan sekarang di meja {_desk(state)}. Lihat keadaannya sekarang.")
    if request.version is not None and request.version != state.version:
        raise NotNow("Laporan sudah berubah sejak Anda buka. Lihat keadaannya sekarang.")


def _desk(state: State) -> str:
    return DESK_WORDS[state.desk] if state.desk else "akhir"


def _content(state: State, request: Request) -> None:
    """422: what the request says is missing or wrong."""
    wrong: dict[str, str] = {}
    action = request.action
    if action == "verify":
        _check_class(state, request.klass, wrong)
        if state.status == "returned" and not request.note:
            wrong["note"] = "Tulis pesan: mengapa laporan ini diteruskan lagi."
    elif request.klass is not None:
        wrong["class"] = "Kelas hanya diisi saat verifikasi."
    _check_reason(request, wrong)
    if action in ("return", "reject") and not request.note:
        wrong["note"] = "Tulis pesan untuk pelapor."
    if sentence := too_long("Pesan", request.note, LIMITS.note):
        wrong["note"] = sentence
    if wrong:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)


def _check_reason(request: Request, wrong: dict[str, str]) -> None:
    reason = reasons.find(request.action, request.reason)
    if not reasons.asks_reason(request.action):
        if request.reason is not None:
            wrong["reason"] = "Alasan tidak diminta untuk tindakan ini."
    elif not request.reason:
        wrong["reason"] = "Pilih alasannya."
    elif reason is None or reason.off:
        wrong["reason"] = "Alasan ini tidak ada di daftar. Pilih salah satu."
    if reason is not None and reason.other:
        if not request.other:
            wrong["other"] = "Tulis nomor laporan yang sama."
    elif request.other:
        wrong["other"] = "Nomor laporan lain hanya untuk alasan Sudah dilaporkan. Kosongkan."


def alone(state: State) -> str:
    """Why this report is never verified together with others, as a sentence; empty if it may be."""
    if state.urgent:
        return "Bencana diperiksa satu per satu."
    if state.status == "returned":
        return "Laporan yang dikembalikan diperiksa satu per satu."
    return ""


def _among_others(state: State, request: Request) -> Request:
    """What is asked of this report where one class was chosen for many. Raises WrongContent for one
    that is decided by itself."""
    if sentence := alone(state):
        raise WrongContent(sentence)
    return request if may_class(state) else replace(request, klass=None)


def _check_class(state: State, klass: str | None, wrong: dict[str, str]) -> None:
    if not state.classed:
        if klass is not None:
            wrong["class"] = "Laporan jenis ini tidak diberi kelas."
    elif klass is None:
        if state.klass is None:
            wrong["class"] = "Pilih Kinerja atau Kegiatan biasa."
    elif klass not in CLASSES:
        wrong["class"] = "Pilih Kinerja atau Kegiatan biasa."
    elif not may_class(state) and klass != state.klass:
        wrong["class"] = "Kelas sudah ditetapkan dan tidak diubah di meja ini."


def may_class(state: State) -> bool:
    """Whether the next verification may set the class: there is none yet, the report was returned,
    or it lies on the first desk above its author's."""
    return state.classed and (
        state.klass is None or state.status == "returned" or state.desk == above(state.author_desk)
    )


def _move(state: State, actor: Actor, request: Request) -> Move:
    action, here = request.action, state.desk
    klass = state.klass
    if action == "verify":
        assert here is not None
        to, klass = above(here), request.klass or state.klass
    elif action == "return":
        assert here is not None
        to = below(here)
    elif action == "revise":
        to = above(state.author_desk)
    elif action == "reopen":
        to = state.last_desk
    else:
        to = None
    return Move(action, actor.id, here, to, klass)


def advance(state: State, move: Move) -> State:
    """The state after a move."""
    after = replace(state, version=state.version + 1, desk=move.to_desk, klass=move.klass)
    if move.action in DECISIONS:
        assert move.from_desk is not None
        after = replace(after, decided=(*state.decided, (move.actor, move.from_desk)))
    if move.action in ("submit", "revise"):
        return replace(after, status="waiting", writers=state.writers | {move.actor})
    if move.action == "verify":
        status = "waiting" if move.to_desk else "verified"
        return replace(after, status=status, last_desk=move.from_desk)
    if move.action == "return":
        return replace(after, status="returned", last_desk=move.from_desk)
    if move.action == "reject":
        return replace(after, status="rejected", last_desk=move.from_desk)
    if move.action == "withdraw":
        return replace(after, status="withdrawn", last_desk=move.from_desk)
    if move.action == "reopen":
        return replace(after, status="waiting")
    raise ValueError(f"unknown action {move.action}")


def fold(
    author_desk: str,
    classed: bool,
    moves: Iterable[Move],
    recorder: str | None = None,
    urgent: bool = False,
) -> State:
    """The state of a report, from all its moves, oldest first."""
    state = State(
        author_desk, "waiting", None, 0, classed=classed, recorder=recorder, urgent=urgent
    )
    for move in moves:
        state = advance(state, move)
    return state
