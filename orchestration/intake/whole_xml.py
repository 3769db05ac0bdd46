"""Whether a part of a workbook is whole XML: the fast reader bears with markup that breaks off or overlaps.

It then reads what nobody wrote, such as two cells run together. So a part whose tags do not add up is
parsed once by a strict parser, and the file refused where that one finds it broken.
"""

from __future__ import annotations

from xml.parsers import expat

import numpy as np

from orchestration.intake.found import UnreadableError

LESS, GREATER, SLASH, QUESTION, EXCLAMATION = b"<>/?!"


def _adds_up(data: bytes) -> bool:
    """Whether as many tags open as close; costs a quarter of parsing, and holds for nearly every file."""
    if len(data) < 2:
        return False
    letters = np.frombuffer(data, np.uint8)
    after = np.bincount(letters[1:][letters[:-1] == LESS], minlength=256)
    closed_at_once = np.count_nonzero(letters[:-1][letters[1:] == GREATER] == SLASH)
    return int(after.sum()) == 2 * int(after[SLASH]) + closed_at_once + int(
        after[QUESTION] + after[EXCLAMATION]
    )


def check_whole(part: str, data: bytes) -> None:
    """Let whole XML pass.

    Args:
        part: name of the part, for the message.
        data: its bytes.

    Raises:
        UnreadableError: the markup is broken.
    """
    if _adds_up(data):
        return

    def refuse(*doctype: object) -> None:
        raise UnreadableError(
            "file.unreadable", why=f"'{part}' declares a document type, which no workbook does"
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse  # with it goes every entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as e:
        raise UnreadableError("file.unreadable", why=f"it is damaged ('{part}': {e})") from e
