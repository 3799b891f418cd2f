"""What is a PIN, and which are refused because others would guess them first."""

from __future__ import annotations

import re

from sipokat.domain.codes import RULES
from sipokat.domain.refusals import WrongContent

DIGITS = "0123456789"
NOT_WHOLE = f"PIN terdiri dari {RULES.pin_digits} angka."


def is_whole(typed: str) -> bool:
    """Whether this has as many digits as a PIN, and nothing else."""
    return re.fullmatch(f"[0-9]{{{RULES.pin_digits}}}", typed) is not None


def require(pin: str, phone: str) -> None:
    """Raises WrongContent on `pin` for what is no PIN, or one that others would guess first: the
    reason is in the sentence. `phone` is the person's number."""
    reason = _trivial(pin, phone) if is_whole(pin) else NOT_WHOLE
    if reason:
        raise WrongContent(reason, {"pin": reason})


def _trivial(pin: str, phone: str) -> str:
    if len(set(pin)) == 1:
        return "Jangan angka yang sama semua: mudah ditebak."
    if pin in DIGITS * 2 or pin in DIGITS[::-1] * 2:
        return "Jangan angka berurutan: mudah ditebak."
    if any(pin == pin[:part] * (len(pin) // part) for part in (2, 3)):
        return "Jangan angka yang berulang: mudah ditebak."
    if pin in RULES.common_pins:
        return "PIN ini dipakai banyak orang: mudah ditebak."
    if len(pin) >= 4 and pin in phone:
        return "Jangan bagian dari nomor HP Anda: mudah ditebak."
    return ""
