"""The files of exports: one folder beside the photos, read by nobody but the program."""

from __future__ import annotations

import errno
import os
import shutil
import time
import uuid
from collections.abc import Collection
from pathlib import Path

from sipokat.delivery.photo_store import ABANDONED_SECONDS, sync_folder

SPARED, SPARED_BYTES = 0.05, 1_000_000_000  # a share of the disk, at most so much
PART = ".part"  # the folder in which a worker writes a file


class ExportFiles:
    """Files in one folder, each whole or not there. They are never in a backup: what is lost can be
    made again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def begin(self) -> Path:
        """A new folder, for one file and what belongs to its making. Raises OSError when so little
        of the disk is left that reports and photos need it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk = shutil.disk_usage(self.folder)
        if disk.free < min(disk.total * SPARED, SPARED_BYTES):
            raise OSError(errno.ENOSPC, "what is left is for reports and photos")
        part = self.folder / f"{uuid.uuid4().hex}{PART}"
        part.mkdir(mode=0o700)
        return part

    def finish(self, part: Path, written: Path, name: str) -> int:
        """Give the written file its name, and remove the folder of its making. Its size in bytes;
        file and folder are synced."""
        written.chmod(0o600)
        descriptor = os.open(written, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        size = written.stat().st_size
        os.replace(written, self.folder / name)
        sync_folder(self.folder)
        self.abandon(part)
        return size

    def touch(self, part: Path) -> None:
        """Say that the file is still being written, for whoever sweeps."""
        os.utime(part)

    def abandon(self, part: Path) -> None:
        """Remove what was begun."""
        shutil.rmtree(part, ignore_errors=True)

    def path(self, name: str) -> Path:
        """The file of this name."""
        return self.folder / name

    def names(self) -> list[str]:
        """The names of all files that are whole."""
        return [one.name for one in self._entries() if not one.name.endswith(PART)]

    def drop(self, name: str) -> None:
        """Delete the file, if there is one."""
        self.path(name).unlink(missing_ok=True)

    def sweep(self, kept: Collection[str]) -> int:
        """Delete all but these files, and what killed workers have begun; how many. What is younger
        than an hour may be without its row yet, and is left."""
        swept = 0
        for one in self._entries():
            try:
                young = one.stat().st_mtime > time.time() - ABANDONED_SECONDS
            except FileNotFoundError:
                continue
            if one.name in kept or young:
                continue
            self.abandon(one) if one.is_dir() else one.unlink(missing_ok=True)
            swept += 1
        return swept

    def _entries(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []
