"""What home says of the offices right below somebody: vacant ones, and deputies who end soon."""

from __future__ import annotations

from typing import Any

from sipokat.database import db
from sipokat.domain import posts
from sipokat.domain.regions import level_of, names_of
from sipokat.models import Term, User
from sipokat.web.present import deputies
from sipokat.web.present.letters import numberless_among
from sipokat.web.present.posts import address, ending_words, naming, vacant_since
from sipokat.web.present.regions import region_words


def below_me(user: User, *codes: str) -> dict[str, Any]:
    """What home says of the offices below this person: which are vacant and since when, which need
    a Plh., whose letters have no number yet, and which deputies' terms end soon. The names of
    `codes` are read with theirs."""
    session = db.session()
    below = posts.right_below(session, user)
    vacant = [one for one in below if one.empty]
    ending = posts.ending(user, below)
    about = [one.region for one in vacant] + [one.region_code for one in ending]
    names = names_of(session, [*about, *codes])
    return {
        "vacant": [
            {
                "name": region_words(one.region, names),
                "since": _lower(vacant_since(one)),
                "url": (address if one.role == "rt_head" else naming)(one.role, one.region),
            }
            for one in vacant
        ],
        "barred": deputies.barred_below(user),
        "numberless": numberless_among([term for one in below for term in one.numberless]),
        "ending": [
            {
                "words": ending_words(term),
                "url": "" if term.user_id == user.id else address(term.role, term.region_code),
            }
            for term in ending
        ],
        "levels": {level_of(one.region) for one in vacant},
    }


def ending(user: User) -> list[Term]:
    """The person's own terms as a deputy that end soon."""
    return posts.ending(user, [])


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
