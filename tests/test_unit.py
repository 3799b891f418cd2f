"""The systemd unit of the docs: systemd itself finds nothing wrong with it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.matrix import lacking
from tests.services.speed import patience

UNIT = Path(__file__).parents[1] / "docs" / "sipokat.service"


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        lacking("systemd-analyze comes with systemd")
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *words],
        capture_output=True,
        text=True,
        timeout=patience(60),
    )


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there: systemd looks for it."""
    text, count = re.subn(
        r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text(), flags=re.M
    )
    assert count == 1
    made = tmp_path / UNIT.name
    made.write_text(text)
    return made


def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    done = analyze("verify", str(unit))
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, said) == (0, [])


def test_systemd_would_say_what_is_wrong(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("UMask=", "Umask="))
    assert "Umask" in analyze("verify", str(unit)).stderr


def test_the_unit_is_hardened(unit: Path) -> None:
    """systemd's own measure, from 0 for a service that can do nothing to 10 for one that can do
    everything."""
    done = analyze("security", "--offline=true", "--threshold=30", str(unit))
    assert done.returncode == 0, done.stdout[-600:]
    unit.write_text(
        re.sub(
            r"^(Protect|Private|Restrict|System|Capab|NoNew).*\n", "", unit.read_text(), flags=re.M
        )
    )
    assert analyze("security", "--offline=true", "--threshold=30", str(unit)).returncode != 0
