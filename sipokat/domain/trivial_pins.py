"""Which PINs are refused because others would guess them first."""

from __future__ import annotations

import re

from sipokat.domain.codes import RULES
from sipokat.domain.refusals import WrongContent

DIGITS = "0123456789"


def require(pin: str, phone: str) -> None:
    """Raises WrongContent on `pin` for what is no PIN, or one that others would guess first: the
    reason is in the sentence. `phone` is the person's number."""
    reason = _trivial(pin, phone)
    if not re.fullmatch(f"[0-9]{{{RULES.pin_digits}}}", pin):
        reason = f"PIN terdiri dari {RULES.pin_digits} angka."
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
