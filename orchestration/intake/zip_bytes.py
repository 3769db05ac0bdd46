"""Bytes of one member of a zip, whatever is wrong with it: damage is the file's, anything else a fault of ours."""

from __future__ import annotations

import zipfile

from orchestration.intake.found import UnreadableError


def member_bytes(
    zipped: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, rule: str = "file.unreadable"
) -> bytes:
    """At most so many bytes of a member, unpacked.

    Raises:
        UnreadableError: by that rule; it is damaged.
    """
    try:
        with zipped.open(member) as f:
            return f.read(limit)
    except MemoryError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError) as e:
        raise UnreadableError(rule, why=f"'{member.filename}' is damaged ({e})") from e
    except Exception as e:
        if type(e).__module__ in ("zlib", "lzma", "_lzma"):  # their errors have no common base
            raise UnreadableError(rule, why=f"'{member.filename}' is damaged ({e})") from e
        raise
