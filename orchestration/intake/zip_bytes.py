"""Bytes of one member of a zip, whatever is wrong with it: damage is the file's, anything else a fault of ours."""

from __future__ import annotations

import errno
import zipfile

from orchestration.intake.found import UnreadableError

# what a disk, a right or a system says; a damaged zip gives EINVAL or no number at all
OF_THE_MACHINE = {
    errno.EIO,
    errno.EACCES,
    errno.EPERM,
    errno.ENOENT,
    errno.EMFILE,
    errno.ENFILE,
    errno.ESTALE,
}


def raise_of_the_machine(e: BaseException) -> None:
    """Raise what is no fault of the file again: its sender must not be told that the file is damaged."""
    if isinstance(e, OSError) and e.errno in OF_THE_MACHINE:
        raise e


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
        raise_of_the_machine(e)
        raise UnreadableError(rule, why=f"'{member.filename}' is damaged ({e})") from e
    except Exception as e:
        if type(e).__module__ in ("zlib", "lzma", "_lzma"):  # their errors have no common base
            raise UnreadableError(rule, why=f"'{member.filename}' is damaged ({e})") from e
        raise
