"""Reads JSON and form bodies into plain values. What cannot be read is refused with 400.

The checks here raise ValueError for a value of the wrong type or form. The domain judges whether
the value makes sense.
"""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from sipokat.domain import texts
from sipokat.domain.content import PhotoClaim
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import Malformed, TooLarge, WrongType

# Control characters except tab, line feed and carriage return; lone surrogates; and U+FFFD, which
# stands for bytes that were not UTF-8.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")
Check = Callable[[Any], Any]
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
PASSWORDS = ("password", "old", "new", "pin", "proof")  # the names of their fields
FILES = " files"  # a name that no form of ours has


def too_large(limit: int) -> TooLarge:
    """The refusal of a body above this limit. Only what may carry photos or files has a larger one
    than the usual."""
    if limit <= LIMITS.body_bytes:
        return TooLarge("Kiriman terlalu besar. Pilih atau tulis lebih sedikit.")
    return TooLarge("Kiriman terlalu besar. Kirim foto yang lebih kecil.")


def has_control(text: str) -> bool:
    """Whether the text has a character that nobody can have typed."""
    return _CONTROL.search(text) is not None


def text(value: Any) -> str:
    if not isinstance(value, str) or has_control(value):
        raise ValueError
    return value


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31:
        raise ValueError
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def whole_numbers(value: Any) -> list[int]:
    """A list of whole numbers, such as lines of a file."""
    if not isinstance(value, list) or len(value) > 10_000:
        raise ValueError
    return [whole(one) for one in value]


def row_id(value: str) -> int:
    """A row's id from an address: a whole number that the database's column can hold."""
    if not value.isascii() or not value.isdigit() or len(value) > 10 or int(value) >= 2**31:
        raise ValueError
    return int(value)


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return float(value)


def uuid_text(value: Any) -> str:
    """A UUID in its usual form with hyphens. Returns it in lower case."""
    if not isinstance(value, str) or not re.fullmatch(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value
    ):
        raise ValueError
    return str(uuid.UUID(value))


def sha256_text(value: Any) -> str:
    """A SHA-256 in hex. Returns it in lower case."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise ValueError
    return value.lower()


def moment(value: Any) -> datetime:
    """A point in time with its offset (RFC 3339). Returns it in UTC."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError
    if not re.match(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}", value):
        raise ValueError
    parsed = datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        raise ValueError
    return parsed.astimezone(
        UTC
    )  # raises OverflowError when that falls outside the years 1 to 9999


def moment_text(value: Any) -> str:
    """A point in time as `moment` reads it. Returns the text as it was written."""
    moment(value)
    return str(value)


def scalars(value: Any) -> dict[str, Any]:
    """An object whose values are texts, numbers, true, false or null."""
    if not isinstance(value, dict) or len(value) > 60:
        raise ValueError
    for key, one in value.items():
        text(key)
        if isinstance(one, str):
            text(one)
        elif one is not None and not isinstance(one, bool | int | float):
            raise ValueError
    return value


def photo_claims(value: Any) -> tuple[PhotoClaim, ...]:
    """A list of `{id, sha256}`."""
    if not isinstance(value, list) or len(value) > 60:
        raise ValueError
    claims = []
    for one in value:
        if not isinstance(one, dict) or set(one) != {"id", "sha256"}:
            raise ValueError
        claims.append(PhotoClaim(uuid_text(one["id"]), sha256_text(one["sha256"])))
    return tuple(claims)


def checked(
    value: Any, shape: Mapping[str, Check], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An object with these keys, of which the `optional` ones may be missing, and no others, each
    value read by its check."""
    if not isinstance(value, dict) or not set(shape).difference(optional) <= set(value) <= set(
        shape
    ):
        raise ValueError
    return {key: check(value[key]) for key, check in shape.items() if key in value}


def read_json(shape: Mapping[str, Check], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON object of this request, each value read by the check that `shape` has for its key.
    Keys with null are left out. Raises Malformed when the body is not JSON, or for an unknown key,
    a missing one or a value that its check refuses."""
    try:
        raw = json.loads(request.get_data().decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("Kiriman tidak terbaca. Muat ulang halaman, lalu kirim lagi.") from None
    if not isinstance(raw, dict):
        raise Malformed("Kiriman tidak terbaca. Muat ulang halaman, lalu kirim lagi.")
    out: dict[str, Any] = {}
    wrong = {key: "Isian ini tidak dikenal." for key in raw if key not in shape}
    for key, check in shape.items():
        value = raw.get(key)
        if value is None:
            if key in required:
                wrong[key] = "Isian ini harus ada."
            continue
        try:
            out[key] = check(value)
        except (ValueError, OverflowError):
            wrong[key] = "Isian ini tidak terbaca."
    if wrong:
        clean = {key: value for key, value in wrong.items() if not has_control(key)}
        raise Malformed("Ada isian yang tidak terbaca. Muat ulang halaman, lalu kirim lagi.", clean)
    return out


def _no_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def read_form() -> dict[str, str]:
    """The plain form of this request, with the first value of each name, as `_straight` leaves it.
    Raises Malformed for control characters and for what is not UTF-8."""
    if request.mimetype == "application/x-www-form-urlencoded":
        _require_utf8(request.get_data())
    form = dict(request.form.items())
    for key, value in form.items():
        if has_control(key) or has_control(value):
            raise Malformed("Ada tulisan yang tidak terbaca. Ketik ulang, lalu kirim lagi.")
    return _straight(form)


def _straight(form: Mapping[str, str]) -> dict[str, str]:
    """The form without signs that turn the direction of what follows, since a refused form is shown
    again. Passwords are never shown: they stay as they were typed."""
    return {
        key: value if key in PASSWORDS else texts.straight(value) for key, value in form.items()
    }


def _require_utf8(encoded: bytes) -> None:
    """Raise Malformed for bytes that are not UTF-8. Werkzeug would leave them as the text `%ff`, as
    if the person had typed that."""
    try:
        unquote_to_bytes(encoded).decode("utf-8")
    except ValueError:
        raise Malformed("Ada tulisan yang tidak terbaca. Ketik ulang, lalu kirim lagi.") from None


def is_json() -> bool:
    """True for a JSON body, False for a form. Raises WrongType for anything else."""
    if request.mimetype == "application/json":
        return True
    if request.mimetype in (*FORMS, ""):
        return False
    raise WrongType("Jenis kiriman ini tidak diterima.")


def require_sender() -> None:
    """Raise Malformed when the request has no Sipokat-User or an unreadable Sipokat-Sent-At."""
    if not request.headers.get("Sipokat-User"):
        raise Malformed("Kiriman ini tidak menyebut pemiliknya. Muat ulang halaman.")
    sent_at()


def sent_at() -> datetime | None:
    """The phone's clock at the moment of sending, None when the header is missing."""
    raw = request.headers.get("Sipokat-Sent-At")
    if raw is None:
        return None
    try:
        return moment(raw)
    except (ValueError, OverflowError):
        raise Malformed("Jam HP tidak terbaca. Periksa jam HP, lalu kirim lagi.") from None


def gather_chunks(limit: int) -> None:
    """Read the whole body of a chunked request, before the view does.

    Werkzeug stops reading at its limit without an error, so that half a body would be taken for a
    whole one. Raises TooLarge for more than `limit` bytes, Malformed when the connection was cut or
    the chunks cannot be told apart.
    """
    environ = request.environ
    if not environ.get("wsgi.input_terminated"):
        return  # this server does not decode chunks, so the view sees an empty body
    body = bytearray()
    try:
        while len(body) <= limit and (part := environ["wsgi.input"].read(64 * 1024)):
            body += part
    except Exception as error:
        # gunicorn raises its own exceptions for chunks that break the rules (RFC 9112, 7.1).
        if not isinstance(error, OSError | ValueError) and not _is_gunicorns(error):
            raise
        raise Malformed("Kiriman terpotong di jalan. Kirim lagi.") from None
    if len(body) > limit:
        raise too_large(limit)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    del environ["HTTP_TRANSFER_ENCODING"]


def _is_gunicorns(error: Exception) -> bool:
    return type(error).__module__ == "gunicorn.http.errors"


class _Nowhere(io.RawIOBase):
    """Where the bytes of a file go that nobody wants."""

    def write(self, data: Any) -> int:
        return len(data)

    def seek(self, place: int, whence: int = 0) -> int:
        return place


def read_texts(limit: int) -> dict[str, str]:
    """The texts of a plain form from somebody who is not signed in, so that a page can show them
    again. The bytes of its files are skipped unseen; `FILES` says that there were some. Empty for
    any other body, and for one that is too large or cannot be read."""
    kind, length = request.mimetype, request.content_length
    if kind not in FORMS or length is None or length > limit:
        return {}
    parser = FormDataParser(
        stream_factory=lambda **_facts: _Nowhere(),  # type: ignore[arg-type]
        max_form_memory_size=LIMITS.body_bytes,
        max_form_parts=current_app.config["MAX_FORM_PARTS"],
    )
    try:
        _stream, form, files = parser.parse(request.stream, kind, length, request.mimetype_params)
    except (HTTPException, OSError, ValueError):
        return {}
    typed = {key: value for key, value in form.items() if not has_control(key + value)}
    if any(file.filename for file in files.values()):
        typed[FILES] = "ada"
    return _straight(typed)
