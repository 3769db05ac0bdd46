"""Gives memory that this process no longer uses back to the machine, before another process needs it."""

from __future__ import annotations

import ctypes
import gc


def give_back() -> None:
    """Hand freed memory back. The allocators keep it for their next use; a night's next use is dbt's, elsewhere."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library
    if trim is not None:
        trim(0)
