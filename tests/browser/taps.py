"""Counts what a person's finger does, from the app's icon on."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.steps import file


class Taps:
    """`taps.on(link)` taps it; `taps.count` says how many taps it took so far, and `taps.typed` how
    many signs were typed."""

    def __init__(self) -> None:
        self.count = 0
        self.typed = 0

    def type(self, field: Locator, signs: str) -> None:
        """Tap the field and type into it."""
        self.on(field)
        field.press_sequentially(signs)
        self.typed += len(signs)

    def elsewhere(self) -> None:
        """A tap in another app, which the test does not make."""
        self.count += 1

    def on(self, what: Locator) -> None:
        what.tap()
        self.count += 1

    def choose_file(self, page: Page, what: Locator, data: bytes, inside: int = 1) -> None:
        """Tap the file input, and one photo in what opens then; there it may take more."""
        with page.expect_file_chooser() as chooser:
            self.on(what)
        chosen: Any = chooser.value
        chosen.set_files([file(data)])
        self.count += inside
