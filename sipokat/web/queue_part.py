"""The part of the queue that an address asks for."""

from __future__ import annotations

from dataclasses import dataclass

from sipokat.database import db
from sipokat.domain import queue, queue_groups
from sipokat.domain.listed import Listed
from sipokat.web.access import me
from sipokat.web.queue_address import Address

LOADED_MOST = 200  # reports that come at once to whoever had loaded more than a page before


@dataclass
class Part:
    """The part of the queue that an address asks for: bencana on `top` of the whole queue, the
    reports `found`, and whether there are `more` of them."""

    address: Address
    top: list[Listed]
    found: list[Listed]
    more: bool

    @property
    def next_url(self) -> str | None:
        return self.address.following(self.found[-1]).url if self.more else None

    @property
    def is_all(self) -> bool:
        """Whether these few are all that there are, of all groups."""
        begins = not (self.address.after or self.address.wanted.group)
        return begins and not self.more and len(self.found) <= queue.PAGE

    @property
    def by_group(self) -> dict[str, list[Listed]]:
        """The reports by their groups, if they are few enough for one page; else none."""
        return queue_groups.by_group(self.found) if self.is_all else {}

    @property
    def in_order(self) -> list[Listed]:
        """The reports as they are shown."""
        grouped = [one for those in self.by_group.values() for one in those]
        return [*self.top, *(grouped or self.found)]


def read(address: Address) -> Part:
    """What lies there now."""
    session = db.session()
    most = LOADED_MOST if address.until else queue.PAGE
    found = queue.desk_queue(session, me(), address.after, address.wanted, most)
    shown = found[:most]
    if address.until:
        loaded = [one for one in shown if (one.arrived_at, one.id) <= address.until]
        shown = shown[: max(len(loaded), queue.PAGE)]
    top = [] if address.narrowed or address.after else queue.urgent(session, me())
    return Part(address, top, shown, len(found) > len(shown))
