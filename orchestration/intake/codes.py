"""Codes: those of a code set, lists of them, plan codes (Tool A's numbering) and organization IDs."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from orchestration.contracts.codesets import CodeSet, load_code_sets
from orchestration.contracts.model import Field
from orchestration.intake.reading import BLANK, Context, Read, bad, flagged

SHORT_LIST = 12  # so many codes are named in a message; of a longer set the Codes sheet is named
LIST_SEPARATORS = re.compile(r"[,;|\n\r]+")
PRACTICES = "practices"
OWN_DUTIES = "own_duty_codes"
ALIKE = 0.85  # from this likeness on, two labels are taken to be the same words

# ------------------------------------------------------------------ code sets


def words_of(text: str) -> str:
    """A text without case, punctuation, spaces and accents' variants: what two spellings have in common."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


@cache
def _lookup(name: str) -> tuple[dict[str, str], dict[str, str]]:
    """The codes of a set by the words of their code, and by those of their label."""
    code_set = load_code_sets()[name]
    by_code = {words_of(code): code for code in code_set.codes}
    by_label: dict[str, str] = {}
    for code, label in code_set.labels.items():
        key = words_of(label)
        by_label[key] = "" if key in by_label else code  # a label of two codes says neither
    return by_code, by_label


def _one(text: str, code_set: CodeSet) -> Read:
    """One code: by code, by label, or as `CODE: label`; blank where the text is none of these."""
    by_code, by_label = _lookup(code_set.name)
    key = words_of(text)
    if key in by_code:
        return Read(by_code[key])
    if by_label.get(key):
        return Read(by_label[key])
    m = re.match(r"([0-9A-Za-z_]+)\s*(?:[:.)=–—-]+\s*|\s+)(\S.*)", text, re.DOTALL)
    code = by_code.get(words_of(m[1])) if m else None
    if m is None or code is None:
        return BLANK
    own, said = words_of(code_set.labels[code]), words_of(m[2])
    if own.startswith(said) or said.startswith(own) or SequenceMatcher(None, own, said).ratio() >= ALIKE:
        return Read(code)
    if code_set.name != PRACTICES:
        return BLANK
    whose = by_label.get(said) or next(
        (c for label, c in by_label.items() if c and (label.startswith(said) or said.startswith(label))), None
    )
    other = f", they are those of {whose}" if whose else ""
    return flagged(code, "practice.label_mismatch", read=code, label=code_set.labels[code], other=other)


def _choices(code_set: CodeSet) -> str:
    if len(code_set.codes) <= SHORT_LIST:
        return "one of " + ", ".join(code_set.codes)
    return "one of the codes on the Codes sheet of the template"


def _as_text(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    return str(raw)


def read_code(raw: Any, field: Field, context: Context) -> Read:
    """A code of the column's code set, by code or by label, in any case; else text."""
    assert field.code_set is not None
    text = _as_text(raw)
    read = _one(text, field.code_set)
    if read.value is None and field.code_set_is_open:
        own = {words_of(code): code for code in context.policy.codes_of_all_years(OWN_DUTIES)}
        code = own.get(words_of(text))
        return Read(code) if code else flagged(text, "duty.unknown")
    return bad("code.unknown", codes=_choices(field.code_set)) if read.value is None else read


def read_list(raw: Any, field: Field, context: Context) -> Read:
    """Codes or texts between commas, semicolons, bars or lines; in order, each once, joined by commas."""
    text = _as_text(raw)
    pieces = [p.strip() for p in LIST_SEPARATORS.split(text) if p.strip()]
    if not pieces:
        return BLANK
    if field.code_set is None:
        return Read(",".join(dict.fromkeys(pieces)))
    whole = _one(text, field.code_set)
    if whole.value is not None and not whole.notes:  # one label, which may hold commas
        return whole
    reads: list[Read] = []
    labelled = ""  # the item that following pieces may belong to: a label may hold commas
    for piece in pieces:
        read = _one(piece, field.code_set)
        if read.value is None and labelled:
            labelled = f"{labelled}, {piece}"
            reads[-1] = _one(labelled, field.code_set)
            if reads[-1].value is None:
                return bad("code.unknown", codes=_choices(field.code_set))
            continue
        if read.value is None:
            return bad("code.unknown", codes=_choices(field.code_set))
        reads.append(read)
        labelled = piece if len(words_of(piece)) > len(words_of(read.value)) else ""
    notes = tuple(note for read in reads for note in read.notes)
    return Read(",".join(dict.fromkeys(r.value for r in reads)), notes)


# ------------------------------------------------------------------ plan codes

LEVELS = {"priority": 1, "strategy": 2, "milestone": 3, "action": 4}
EXAMPLES = {
    "goal": "G1", "priority": "1", "strategy": "1.1", "milestone": "1.1.1", "action": "1.1.1.1",
    "goal_or_strategy": "G1 or 1.1",
}  # fmt: skip
NAMED_LEVEL = re.compile(
    r"(goal|g|priority|strategy|milestone|action)\b\.?\s*(?:step\s*)?(?:no\.?|number|#)?\s*[:#.-]?\s*",
    re.IGNORECASE,
)
SEPARATED = re.compile(r"\d{1,3}(?:\s*[.:,_/-]\s*\d{1,3}|\s+\d{1,3})*")


def read_plan_code(raw: Any, field: Field, context: Context) -> Read:
    """A plan code of the column's level: `1.1.1`, `Milestone 1.1:1`, `1. 1. 1`, `G 1`; flagged if changed."""
    level = field.code_level or ""
    wrong = bad("plan_code.unreadable", level=level.replace("_", " "), example=EXAMPLES[level])
    if not isinstance(raw, str | int | float):
        return wrong  # a date: nobody knows any more what was typed
    code, text = _plan_code(raw, level)
    if code is None:
        return wrong
    if isinstance(raw, float) and not raw.is_integer():
        return flagged(code, "plan_code.from_number", read=code)
    return Read(code) if code == text else flagged(code, "plan_code.normalised", read=code)


def _plan_code(raw: str | int | float, level: str) -> tuple[str | None, str]:
    """The code, if it is one of that level, and the text it was written as."""
    text = raw if isinstance(raw, str) else _as_text(raw)
    bare = text.strip(" .:;,)(#")
    said = ""
    # `G1` has no space between the letter and the number, so \b does not part them
    if m := NAMED_LEVEL.match(re.sub(r"^([Gg])(?=\d)", r"\1 ", bare)):
        said = "goal" if m[1].lower() in ("g", "goal") else m[1].lower()
        bare = re.sub(r"^([Gg])(?=\d)", r"\1 ", bare)[m.end() :]
    if not SEPARATED.fullmatch(bare):
        return None, text
    parts = [int(p) for p in re.findall(r"\d+", bare)]
    if 0 in parts:
        return None, text
    allowed = ("goal", "strategy") if level == "goal_or_strategy" else (level,)
    if said and said not in allowed:
        return None, text
    if len(parts) == 1 and "goal" in allowed and (said == "goal" or level == "goal"):
        return f"G{parts[0]}", text
    if said != "goal" and any(LEVELS.get(a) == len(parts) for a in allowed):
        return ".".join(str(p) for p in parts), text
    return None, text


# ------------------------------------------------------------------ organizations


def read_org_id(raw: Any, field: Field, context: Context) -> Read:
    """An organization ID as text.

    One that has only digits, and too few, is given back as it stands with the note `id.leading_zero`:
    whether zeros may be put before it is for `authority` to say, which knows whose file it is.
    """
    if not isinstance(raw, str | int | float) or (isinstance(raw, float) and not raw.is_integer()):
        return bad("org.form", example=context.policy.org_id_example)
    text = f"{raw:.0f}" if isinstance(raw, float) else str(raw)
    if context.policy.is_org_id(text) or context.policy.is_lea_id(text):
        return Read(text)
    if text.isascii() and text.isdigit() and len(text) < len(context.policy.org_id_example):
        return flagged(text, "id.leading_zero")
    return bad("org.form", example=context.policy.org_id_example)
