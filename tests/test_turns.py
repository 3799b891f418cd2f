"""A line: few at a time, in the order of their coming, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import pytest

from sipokat.turns import Busy, Line
from tests.services.speed import patience, tries

LONG = 3600.0


def until(true: Callable[..., bool]) -> None:
    for _ in tries(20):
        if true():
            return
    raise AssertionError("it never became true")


class Waiter:
    """Somebody who enters the line, and leaves it when the test says so."""

    def __init__(self, line: Line, seconds: float | None = None) -> None:
        self.line, self.seconds = line, seconds
        self.said = ""
        self.may_leave = threading.Event()
        self.thread = threading.Thread(target=self._come)
        self.thread.start()

    def _come(self) -> None:
        try:
            self.line.enter(self.seconds)
        except Busy:
            self.said = "busy"
            return
        self.said = "in"
        self.may_leave.wait(patience(60))
        self.line.leave()

    def leave(self) -> None:
        self.may_leave.set()
        self.thread.join(patience(60))


def test_only_so_many_at_once_and_the_others_in_the_order_of_their_coming() -> None:
    line = Line(at_once=2, waiting=9, seconds=LONG)
    first, second = Waiter(line), Waiter(line)
    until(lambda: first.said == second.said == "in")
    later = []
    for place in range(3):
        later.append(Waiter(line))
        until(lambda count=place + 1: len(line._waiting) == count)
    for done, following in zip((first, second, later[0]), later, strict=True):
        assert following.said == ""
        done.leave()
        until(lambda one=following: one.said == "in")
    for one in later[1:]:
        one.leave()


def test_nobody_waits_longer_than_they_may() -> None:
    line = Line(at_once=1, waiting=9, seconds=LONG)
    holder = Waiter(line)
    until(lambda: holder.said == "in")
    began = monotonic()
    with pytest.raises(Busy):
        line.enter(0.05)
    assert monotonic() - began < patience(20)
    holder.leave()
    line.enter()


def test_with_room_for_few_the_next_is_sent_away_at_once() -> None:
    line = Line(at_once=1, waiting=2, seconds=LONG)
    holder, *waiters = (Waiter(line) for _ in range(3))
    until(lambda: len(line._waiting) == 2)
    with pytest.raises(Busy):
        line.enter()
    for one in (holder, *waiters):
        one.may_leave.set()
    for one in (holder, *waiters):
        one.thread.join(patience(60))
        assert one.said == "in"


def test_once_nothing_moves_only_few_go_on_waiting() -> None:
    line = Line(at_once=1, waiting=3, seconds=LONG, stalled_after=0.5)
    holder = Waiter(line)
    until(lambda: holder.said == "in")
    waiters = [Waiter(line) for _ in range(7)]
    until(lambda: [one.said for one in waiters].count("busy") == 4)
    assert [one.said for one in waiters].count("") == 3
    with pytest.raises(Busy):
        line.enter()
    for one in (holder, *waiters):
        one.may_leave.set()
    until(lambda: [one.said for one in waiters].count("in") == 3)
    line.enter()


def test_while_turns_end_everybody_may_wait() -> None:
    line = Line(at_once=1, waiting=1, seconds=LONG, stalled_after=LONG)
    waiters = [Waiter(line) for _ in range(8)]
    until(lambda: len(line._waiting) == 7)
    for one in waiters:
        one.may_leave.set()
    for one in waiters:
        one.thread.join(patience(60))
    assert [one.said for one in waiters] == ["in"] * 8


def test_turns_that_fail_do_not_count_as_movement() -> None:
    """Each holder waits in vain for what somebody else keeps; newcomers learn it at once."""
    line = Line(at_once=1, waiting=0, seconds=LONG, stalled_after=0.2)
    line.enter()
    until(lambda: line._is_stalled(monotonic()))
    line.leave(well=False)
    line.enter()
    with pytest.raises(Busy):
        line.enter()
    line.leave()
    line.enter()
    with pytest.raises(Busy):  # waits until the line is stalled
        line.enter()
