"""Files are written whole or not at all, are durable when `keep` returns, and stay in place."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sipokat.delivery.photo_store import ABANDONED_SECONDS, PhotoStore
from tests.services.speed import patience

KEY = "original/ab/7-abc"
DATA = b"picture" * 1000


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


def files(store: PhotoStore) -> list[str]:
    found = store.folder.rglob("*")
    return sorted(str(path.relative_to(store.folder)) for path in found if path.is_file())


def test_what_is_kept_can_be_read_and_dropped(store: PhotoStore) -> None:
    store.keep(KEY, DATA)
    assert store.read(KEY) == DATA
    assert files(store) == [KEY]
    store.drop(KEY)
    store.drop(KEY)
    with pytest.raises(FileNotFoundError):
        store.read(KEY)
    assert files(store) == []


def test_keeping_a_key_again_replaces_its_bytes(store: PhotoStore) -> None:
    store.keep(KEY, b"old")
    store.keep(KEY, DATA)
    assert store.read(KEY) == DATA


@pytest.mark.parametrize(
    "key",
    ["../x", "original/../../x", "/etc/passwd", "original/../../photos-of-others/x", "..", ""],
)
def test_a_key_never_leaves_the_folder(store: PhotoStore, key: str) -> None:
    store.keep(KEY, DATA)
    for act in (store.read, store.drop, lambda wanted: store.keep(wanted, b"x")):
        with pytest.raises(ValueError, match="leaves"):
            act(key)


def test_a_link_does_not_lead_out_either(store: PhotoStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    store.folder.mkdir()
    (store.folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="leaves"):
        store.read("link")


def test_what_a_killed_process_had_begun_to_write_is_swept(store: PhotoStore) -> None:
    store.keep(KEY, DATA)
    old, new = (store.path(f"{KEY}.{name}.part") for name in ("old", "new"))
    for part in (old, new):
        part.write_bytes(DATA[:100])
    hours_ago = time.time() - 2 * ABANDONED_SECONDS
    for file in (old, store.path(KEY)):
        os.utime(file, (hours_ago, hours_ago))
    assert (store.sweep(), store.sweep()) == (1, 0)
    assert files(store) == sorted([KEY, str(new.relative_to(store.folder))])


# Durability: the order of the steps on the disk.


class Disk:
    """Notes each step on the disk, and can be told to fail at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fail_at: int | None = None) -> None:
        self.steps: list[str] = []
        self._fail_at = fail_at
        self._wrap(monkeypatch, "fsync", self._of_descriptor)
        self._wrap(monkeypatch, "replace", lambda source, _target: Path(source).name)

    def _wrap(
        self, monkeypatch: pytest.MonkeyPatch, name: str, describe: Callable[..., str]
    ) -> None:
        real = getattr(os, name)

        def noted(*args: Any) -> Any:
            if len(self.steps) == self._fail_at:
                raise OSError(28, "No space left on device")
            self.steps.append(f"{name} {describe(*args)}")
            return real(*args)

        monkeypatch.setattr(os, name, noted)

    @staticmethod
    def _of_descriptor(descriptor: int) -> str:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        size = os.fstat(descriptor).st_size
        name = Path(os.readlink(f"/proc/self/fd/{descriptor}")).name
        return f"folder {name}" if folder else f"file of {size}"


def test_the_file_is_synced_then_named_then_its_folder_is_synced(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.keep(KEY, b"old")
    disk = Disk(monkeypatch)
    store.keep(KEY, DATA)
    first, second, *rest = disk.steps
    assert first == f"fsync file of {len(DATA)}", "all bytes are there when the file is synced"
    assert second.startswith("replace ")
    assert rest == ["fsync folder ab"]


def test_new_folders_are_synced_into_theirs(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = Disk(monkeypatch)
    store.keep(KEY, DATA)
    synced = [step for step in disk.steps if step.startswith("fsync folder")]
    assert synced == [
        "fsync folder ab",
        "fsync folder original",
        "fsync folder photos",
        f"fsync folder {tmp_path.name}",
    ]


@pytest.mark.parametrize("step", range(6))
def test_a_full_disk_is_said_and_leaves_nothing_half(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patch:
        Disk(patch, fail_at=step)
        with pytest.raises(OSError, match="No space"):
            store.keep(KEY, DATA)
    assert files(store) in ([], [KEY])
    if files(store):
        assert store.read(KEY) == DATA
    store.keep(KEY, DATA)
    assert files(store) == [KEY]


def test_a_failed_write_leaves_the_old_one(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.keep(KEY, b"old")
    with monkeypatch.context() as patch:
        Disk(patch, fail_at=0)
        with pytest.raises(OSError, match="No space"):
            store.keep(KEY, DATA)
    assert store.read(KEY) == b"old"


def test_the_same_photo_sent_twice_at_once(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone gives up waiting and sends again while the first is still being written: neither
    may write into the other's file, and both end well."""
    real, gate = os.replace, threading.Barrier(2, timeout=patience(30))

    def together(source: Any, target: Any) -> None:
        gate.wait()  # both have written and synced, and neither has renamed its file yet
        assert Path(source).read_bytes() == DATA
        gate.wait()
        real(source, target)

    monkeypatch.setattr(os, "replace", together)
    failures: list[BaseException] = []

    def keep() -> None:
        try:
            store.keep(KEY, DATA)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=keep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(60))
    assert failures == []
    assert files(store) == [KEY]
    assert store.read(KEY) == DATA
