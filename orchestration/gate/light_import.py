"""Imports Great Expectations without what it plots and tests distributions with. Nothing else belongs here.

It imports scipy.stats and altair for expectations that no suite of ours has to have; that is half of the time
that its import takes. Until they are asked for, a stand-in is enough: it imports the real package then.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any

HEAVY = ("scipy.stats", "altair")


class _Later(ModuleType):
    """A package that is imported when something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_great_expectations() -> ModuleType:
    """Great Expectations, which does not call home."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read when it is imported
    stand_ins = {name: _Later(name) for name in HEAVY if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        return importlib.import_module("great_expectations")
    finally:  # whoever else imports them gets the real ones
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
