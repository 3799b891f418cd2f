"""Stores the bytes of photos as files in one folder."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

ABANDONED_SECONDS = 3600  # no file is written for so long


class PhotoStore:
    """Files in one folder. A key is a relative path with slashes; the domain makes the keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._lasting: set[Path] = set()

    def path(self, key: str) -> Path:
        """The path of the file. Raises ValueError for a key that leads out of the folder."""
        path = (self.folder / key).resolve()
        if self.folder not in path.parents:
            raise ValueError(f"{key!r} leaves the photo folder")
        return path

    def keep(self, key: str, data: bytes) -> None:
        """Write the file, whole or not at all. File and folder are synced when this returns."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            with open(part, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
        self._make_lasting(path.parent)

    def _make_lasting(self, folder: Path) -> None:
        """Sync the folders above this one too, once in the life of the process. Even those that
        exist may not be synced yet, because another process has just made them."""
        if folder in self._lasting:
            return
        for above in folder.parents:
            sync_folder(above)
            if above == self.folder.parent:
                break
        self._lasting.add(folder)

    def read(self, key: str) -> bytes:
        """The bytes of the file. Raises FileNotFoundError."""
        return self.path(key).read_bytes()

    def drop(self, key: str) -> None:
        """Delete the file, if there is one."""
        self.path(key).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Delete the files that a killed process had begun to write. Returns how many."""
        swept = 0
        for part in self.folder.rglob("*.part"):
            try:
                if part.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                    part.unlink()
                    swept += 1
            except FileNotFoundError:  # its own process has just named or deleted it
                continue
        return swept


def sync_folder(folder: Path) -> None:
    """Sync the folder itself, so that the names in it last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
