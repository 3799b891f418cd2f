"""Texts as they are pasted, and what the server and the phone alike keep of them."""

from __future__ import annotations

EMPTY = (
    "\x85",
    "\U000e0001",
    "\ufff9",
    "\u200b",
    "\u2800",
    "\u3164",
    "\u202e",
    " \u200b\n\ufeff ",
    "\u00ad\u2060\u200d",
)

READ = {
    "Rapat RT": "Rapat RT",
    "Rapat \u202eTR": "Rapat TR",
    "\u2067Jalan\u2069 rusak": "Jalan rusak",
    "\u200f\u200eBanjir\u061c": "Banjir",
    "Keluarga \U0001f468\u200d\U0001f469\u200d\U0001f467": (
        "Keluarga \U0001f468\u200d\U0001f469\u200d\U0001f467"
    ),
    "Baris satu\nbaris dua": "Baris satu\nbaris dua",
}
