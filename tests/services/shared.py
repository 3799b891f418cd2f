"""A folder that the processes of a test run share, gone when it ends.

The templates of the pages are compiled once and kept there: to compile all of them takes as long as
thirty pages, and each application has templates of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

FOLDER = "SIPOKAT_TEST_SHARED"


def make() -> None:
    """Make it, before the processes that share it start: they find it in the environment."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="sipokat-shared-")


def remove() -> None:
    shutil.rmtree(os.environ.pop(FOLDER))


def part(name: str) -> Path:
    """The folder of this name within it."""
    path = Path(os.environ[FOLDER]) / name
    path.mkdir(exist_ok=True)
    return path


def share_templates() -> None:
    """Have every application of this process find there what another has compiled."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(part("templates")))}


class Found:
    """What was looked at and found sound, so that no process of the run does it again."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._known: set[bytes] = set()

    def __contains__(self, what: str) -> bool:
        key = self._key(what)
        if key not in self._known and self._file(key).exists():
            self._known.add(key)
        return key in self._known

    def add(self, what: str) -> None:
        key = self._key(what)
        self._known.add(key)
        self._file(key).touch()

    def _key(self, what: str) -> bytes:
        return hashlib.blake2b(what.encode(), digest_size=16).digest()

    def _file(self, key: bytes) -> Path:
        return part(self._kind) / key.hex()
