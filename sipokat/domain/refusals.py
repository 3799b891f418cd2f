"""Why something is not done, each with the HTTP status that the wire gives it.

They are raised in this order of precedence: malformed (400, 413, 415), not signed in (401), not
visible (404), a role that never does this (403), may but not now (409), wrong content (422).
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A refusal in words. `message` is an Indonesian sentence that says how to mend it."""

    status = 400
    code = "malformed"

    def __init__(
        self, message: str, fields: dict[str, str] | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}
        if code:
            self.code = code


# What any page says of a choice in its address that it does not have.
UNKNOWN_CHOICE = "Pilihan ini tidak dikenal. Pilih dari daftar."


class Malformed(Refused):
    status, code = 400, "malformed"


class NotSignedIn(Refused):
    status, code = 401, "not_signed_in"


class NeverAllowed(Refused):
    status, code = 403, "forbidden"


class NotFound(Refused):
    status, code = 404, "not_found"

    def __init__(self, message: str = "Tidak ditemukan. Periksa nomornya.") -> None:
        super().__init__(message)


class NotNow(Refused):
    """May, but not now. `report` is the report as it is now, when there is one to show to whoever
    may see it; `done` what the asker did before, for whoever may not. `overtaken`: the report has
    moved on since the version that the asker saw."""

    status, code = 409, "conflict"

    def __init__(
        self,
        message: str,
        report: Any = None,
        code: str | None = None,
        done: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.report = report
        self.done = done
        self.overtaken = False


class DoneBefore(Refused):
    """The very same was done before, by somebody who may not see the report any more. `done` is all
    that they are told of it."""

    status, code = 200, "done"

    def __init__(self, done: dict[str, Any]) -> None:
        super().__init__("Sudah tercatat.")
        self.done = done


class TooLarge(Refused):
    status, code = 413, "too_large"


class WrongType(Refused):
    status, code = 415, "wrong_type"


class WrongContent(Refused):
    """Each entry of `fields` is a sentence to show beside that field."""

    status, code = 422, "wrong_content"


class TooMany(Refused):
    """`retry_after` is in seconds. `account` is the id of the account that somebody tried to get
    into, for the log alone."""

    status, code = 429, "too_many"

    def __init__(self, message: str, retry_after: int, account: str | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.account = account


class Misdirected(Refused):
    """Asked for under a name that is not ours (RFC 9110, 15.5.20)."""

    status, code = 421, "foreign_host"


class Gone(Refused):
    """Was there, and is not given any more."""

    status, code = 410, "gone"
