"""Whether a part of a workbook is whole XML: the fast reader bears with markup that breaks off or overlaps.

It then reads what nobody wrote, such as two cells run together. So a part whose tags do not add up is
parsed once by a strict parser, and the file refused where that one finds it broken.
"""

from __future__ import annotations

from xml.parsers import expat

from orchestration.intake.found import UnreadableError


def check_whole(part: str, data: bytes) -> None:
    """Let whole XML pass.

    Args:
        part: name of the part, for the message.
        data: its bytes.

    Raises:
        UnreadableError: the markup is broken.
    """
    # every `<` opens or closes; counting costs a hundredth of parsing, and holds for nearly every file
    if data.count(b"<") == 2 * data.count(b"</") + data.count(b"/>") + data.count(b"<?") + data.count(b"<!"):
        return

    def refuse(*doctype: object) -> None:
        raise UnreadableError("file.unreadable", why=f"'{part}' declares a document type, which no workbook does")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse  # with it goes every entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as e:
        raise UnreadableError("file.unreadable", why=f"it is damaged ('{part}': {e})") from e
