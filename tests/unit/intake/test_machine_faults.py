"""A disk that fails while a file is read is not the sender's fault."""

from __future__ import annotations

import errno
import zipfile
from pathlib import Path

import pytest

from orchestration.intake.found import UnreadableError
from orchestration.intake.workbook import read_submission
from orchestration.intake.zip_bytes import member_bytes


def _zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("cover.csv", "a,b")
    return path


@pytest.mark.parametrize(("number", "raised"), [(errno.EIO, OSError), (errno.EINVAL, UnreadableError)])
def test_a_zip_is_called_damaged_for_what_is_wrong_with_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: type[Exception]
) -> None:
    path = _zip(tmp_path / "a.zip")
    with zipfile.ZipFile(path) as zipped:
        member = zipped.infolist()[0]

        def fails(*_: object) -> None:
            raise OSError(number, "said by the system")

        monkeypatch.setattr(zipped, "open", fails)
        with pytest.raises(raised):
            member_bytes(zipped, member, 10)
    monkeypatch.setattr(zipfile, "ZipFile", fails)
    with pytest.raises(raised):
        read_submission(path, 100)
