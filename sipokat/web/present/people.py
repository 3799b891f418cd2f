"""People, as they are spoken to."""

from __future__ import annotations

_CALLED = ("Pak ", "Bu ", "Bapak ", "Ibu ")


def called(name: str) -> str:
    """`Bapak/Ibu Rahman`; `Pak Rahman` where the name begins so already."""
    return name if name.startswith(_CALLED) else f"Bapak/Ibu {name}"
