"""Many reports verified at once. Each is a decision of its own, in a transaction of its own: what
is wrong with one holds up no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sipokat.domain import chain, verification
from sipokat.domain.refusals import DoneBefore, Refused, WrongContent
from sipokat.models import User


@dataclass(frozen=True)
class Item:
    """A report as it was on the screen when it was ticked, and the id of this action on it.
    `office` is as what the person acts, where they hold several offices at its desk and have
    chosen."""

    number: str
    version: int
    action_id: str
    office: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one: `desk` is where it went, None if it is final now or was not verified;
    `refusal` says why not."""

    item: Item
    desk: str | None = None
    refusal: Refused | None = None


def verify_each(user: User, klass: str | None, items: Iterable[Item]) -> Iterator[Outcome]:
    """Verify these reports, one after the other. `klass` is that of those that take one.

    Raises WrongContent for a class that there is not, before any is verified. A repeat of an item
    under the same action id with the same class is the same action and has the same outcome.
    """
    if klass is not None and klass not in chain.CLASSES:
        sentence = "Pilih Kinerja atau Kegiatan biasa."
        raise WrongContent(sentence, {"class": sentence})
    return (_verify(user, klass, item) for item in items)


def _verify(user: User, klass: str | None, item: Item) -> Outcome:
    request = chain.Request("verify", item.version, klass, office=item.office, together=True)
    try:
        report = verification.act(user, item.number, request, item.action_id)
    except DoneBefore:
        return Outcome(item)
    except Refused as refusal:
        return Outcome(item, refusal=refusal)
    return Outcome(item, report.desk)
