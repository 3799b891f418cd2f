"""A folder that the processes of a test run share, and the next run finds again.

The templates of the pages are compiled once and kept there: to compile all of them takes as long as
thirty pages, and each application has templates of its own. It also says which pages were found
sound. It belongs to the checks as they are now: after any change of theirs there is a new one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

FOLDER = "SIPOKAT_TEST_SHARED"
TESTS = Path(__file__).parents[1]
CHECKS = [TESTS / name for name in ("page.py", "tree.py", "copies.py", "services/shared.py")]
LIBRARIES = ("html5lib", "beautifulsoup4", "jinja2")


def make(config: pytest.Config) -> None:
    """Make it, before the processes that share it start: they find it in the environment. Without
    pytest's cache it is gone after the run."""
    if config.pluginmanager.has_plugin("cacheprovider"):
        former = config.cache.mkdir("sipokat")
        folder = former / state()
        for path in former.iterdir():
            if path != folder:
                shutil.rmtree(path, ignore_errors=True)
        folder.mkdir(exist_ok=True)
    else:
        folder = Path(tempfile.mkdtemp(prefix="sipokat-shared-"))
        config.add_cleanup(lambda: shutil.rmtree(folder))
    os.environ[FOLDER] = str(folder)


def state() -> str:
    """What the checks are made of."""
    made_of = [path.read_bytes() for path in CHECKS]
    made_of += [version(name).encode() for name in LIBRARIES] + [sys.version.encode()]
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]


def part(name: str) -> Path:
    """The folder of this name within it."""
    path = Path(os.environ[FOLDER]) / name
    path.mkdir(exist_ok=True)
    return path


def share_templates() -> None:
    """Have every application of this process find there what another has compiled."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(part("templates")))}


class Found:
    """What was looked at and found sound, so that no process does it again."""

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
