"""What Excel insists on in a workbook, where it would else offer to repair it: checked over the XML itself.

Excel is stricter than the programs that these tests can run. The rules are those of ECMA-376 (Office Open
XML, part 1: the order of elements, ids that must exist, limits of texts) and of Excel's own published
specifications and limits.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
# ECMA-376 part 1, 18.3.1.99 (CT_Worksheet) and 18.2.27 (CT_Workbook): a sequence, not a choice
IN_WORKSHEET = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
IN_WORKBOOK = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]
IN_STYLES = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
LAST_ROW, LAST_COLUMN, LONGEST_TEXT = 1_048_576, 16_384, 32_767
VALIDATION_LIMITS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 225}
LONGEST_LIST = 255


def problems(data: bytes) -> list[str]:
    """What Excel would stumble over; empty where all is well."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        parts = {i.filename: z.read(i) for i in z.infolist()}
        twice = [n for n, count in Counter(n.lower() for n in z.namelist()).items() if count > 1]
    found = [f"the part {n} is there twice" for n in twice]
    xml = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                xml[name] = ET.fromstring(content)
            except ET.ParseError as e:
                return [*found, f"{name} is no XML: {e}"]
    found += _types(xml, parts) + _relations(xml, parts)
    book = xml["xl/workbook.xml"]
    found += _in_order(book, IN_WORKBOOK, "workbook") + _names(book)
    styles, more = _styles(xml["xl/styles.xml"])
    found += more
    strings = xml.get("xl/sharedStrings.xml")
    texts = _texts(strings) if strings is not None else []
    if strings is not None and strings.get("uniqueCount") not in (None, str(len(texts))):
        found.append(f"shared strings: {len(texts)}, not uniqueCount {strings.get('uniqueCount')}")
    found += [f"shared string {n} is too long" for n, t in enumerate(texts) if _letters(t) > LONGEST_TEXT]
    for name, root in xml.items():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            found += [f"{name}: {p}" for p in _sheet(root, styles, len(texts), _sheet_titles(book))]
    return found


def _sheet_titles(book: ET.Element) -> list[str]:
    return [s.get("name", "") for s in book.iter(f"{MAIN}sheet")]


def _types(xml: dict[str, ET.Element], parts: dict[str, bytes]) -> list[str]:
    root = xml["[Content_Types].xml"]
    by_ending = {d.get("Extension", "").lower() for d in root.iter(f"{TYPES}Default")}
    by_name = [o.get("PartName", "") for o in root.iter(f"{TYPES}Override")]
    untyped = [
        n
        for n in parts
        if n != "[Content_Types].xml"
        and f"/{n}" not in by_name
        and n.rpartition(".")[2].lower() not in by_ending
    ]
    gone = [n for n in by_name if n.lstrip("/") not in parts]
    return [f"{n} has no content type" for n in untyped] + [
        f"a content type names {n}, which is not there" for n in gone
    ]


def _relations(xml: dict[str, ET.Element], parts: dict[str, bytes]) -> list[str]:
    found = []
    for name, root in xml.items():
        if not name.endswith(".rels"):
            continue
        folder, _, own = name.rpartition("/")
        source = posixpath.join(posixpath.dirname(folder), own.removesuffix(".rels"))
        ids = [r.get("Id") for r in root.iter(f"{PACKAGE}Relationship")]
        found += [f"{name}: the id {i} twice" for i, count in Counter(ids).items() if count > 1]
        for r in root.iter(f"{PACKAGE}Relationship"):
            target = r.get("Target", "")
            base = posixpath.dirname(source)
            path = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(base, target))
            )
            if r.get("TargetMode") != "External" and path not in parts:
                found.append(f"{name}: {target} is not there")
        if source in xml:
            used = {v for e in xml[source].iter() for k, v in e.attrib.items() if k == f"{REL}id"}
            found += [f"{source}: the relation {i} is not there" for i in sorted(used - set(ids))]
    return found


def _in_order(root: ET.Element, order: list[str], what: str) -> list[str]:
    tags = [c.tag.removeprefix(MAIN) for c in root]
    unknown = [t for t in tags if t not in order and t.startswith("{") is False]
    places = [order.index(t) for t in tags if t in order]
    repeated = [t for t, n in Counter(tags).items() if n > 1 and t != "conditionalFormatting"]
    return (
        [f"{what}: {t} does not belong here" for t in unknown]
        + [f"{what}: {t} twice" for t in repeated]
        + ([f"{what}: elements out of order: {tags}"] if places != sorted(places) else [])
    )


def _names(book: ET.Element) -> list[str]:
    titles = _sheet_titles(book)
    found = []
    for title in titles:
        if not 1 <= len(title) <= 31 or re.search(r"[\[\]:*?/\\]|^'|'$", title) or title.lower() == "history":
            found.append(f"sheet name {title!r}")
    found += [f"sheet name {t!r} twice" for t, n in Counter(t.lower() for t in titles).items() if n > 1]
    ids = Counter(s.get("sheetId") for s in book.iter(f"{MAIN}sheet"))
    found += [f"sheet id {i} twice" for i, n in ids.items() if n > 1]
    names = list(book.iter(f"{MAIN}definedName"))
    keys = Counter((n.get("name", "").lower(), n.get("localSheetId")) for n in names)
    found += [f"defined name {k} twice" for k, n in keys.items() if n > 1]
    for name in names:
        local = name.get("localSheetId")
        if local is not None and int(local) >= len(titles):
            found.append(f"defined name {name.get('name')} of a sheet that is not there")
        found += [f"defined name {name.get('name')}: {p}" for p in _references(name.text or "", titles)]
    return found


def _references(formula: str, titles: list[str]) -> list[str]:
    """Sheets named in a formula that are not there, and what never works."""
    named = [
        a.replace("''", "'") or b
        for a, b in re.findall(r"(?:'((?:[^']|'')+)'|\b([A-Za-z_][\w.]*))!", formula)
    ]
    found = [f"names the sheet {n!r}, which is not there" for n in named if n not in titles]
    return found + (["#REF!"] if "#REF!" in formula else [])


def _styles(root: ET.Element) -> tuple[dict[str, int], list[str]]:
    found = _in_order(root, IN_STYLES, "styles")
    counts = {}
    for kind in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs", "numFmts"):
        listed = root.find(f"{MAIN}{kind}")
        counts[kind] = len(listed) if listed is not None else 0
        if listed is not None and listed.get("count") not in (None, str(len(listed))):
            found.append(f"styles: {kind} are {len(listed)}, not {listed.get('count')}")
    custom = {int(n.get("numFmtId", 0)) for n in root.iter(f"{MAIN}numFmt")}
    found += ["styles: a number format's id twice"] * (len(custom) != counts["numFmts"])
    for n, xf in enumerate(root.findall(f"{MAIN}cellXfs/{MAIN}xf")):
        for attribute, kind in (
            ("fontId", "fonts"),
            ("fillId", "fills"),
            ("borderId", "borders"),
            ("xfId", "cellStyleXfs"),
        ):
            if int(xf.get(attribute, 0)) >= counts[kind]:
                found.append(f"styles: style {n} names {attribute} {xf.get(attribute)}")
        if int(xf.get("numFmtId", 0)) >= 164 and int(xf.get("numFmtId", 0)) not in custom:
            found.append(f"styles: style {n} names a number format that is not there")
    if counts["fills"] < 2 or not counts["cellXfs"]:
        found.append("styles: the two fills and one style that every workbook has are not there")
    return counts, found


def _texts(strings: ET.Element) -> list[str]:
    return ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in strings.findall(f"{MAIN}si")]


def _letters(text: str) -> int:
    """As Excel counts them: in UTF-16, and an escape such as _x000D_ as the one that it stands for."""
    return len(re.sub(r"_x[0-9A-Fa-f]{4}_", "?", text).encode("utf-16-le")) // 2


def _place(reference: str) -> tuple[int, int]:
    m = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)", reference)
    if not m:
        return 0, 0
    column = 0
    for letter in m[1]:
        column = column * 26 + ord(letter) - 64
    return int(m[2]), column


def _area(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return top, left, bottom, right


def _sheet(root: ET.Element, styles: dict[str, int], texts: int, titles: list[str]) -> list[str]:
    found = _in_order(root, IN_WORKSHEET, "sheet")
    found += _cells(root, styles, texts)
    columns = [(int(c.get("min", 0)), int(c.get("max", 0))) for c in root.iter(f"{MAIN}col")]
    flat = [n for pair in columns for n in pair]
    if (
        flat != sorted(flat)
        or len(set(columns)) != len(columns)
        or any(not 1 <= n <= LAST_COLUMN for n in flat)
    ):
        found.append(f"columns overlap or are out of order: {columns}")
    merged = [_area(m.get("ref", "")) for m in root.iter(f"{MAIN}mergeCell")]
    found += _overlaps(merged, "merged cells")
    found += _validations(root, titles)
    priorities = Counter(r.get("priority") for r in root.iter(f"{MAIN}cfRule"))
    found += [f"conditional format: priority {p} twice" for p, n in priorities.items() if n > 1]
    for rule in root.iter(f"{MAIN}cfRule"):
        if int(rule.get("dxfId", 0)) >= styles["dxfs"]:
            found.append(f"conditional format names the look {rule.get('dxfId')}, which is not there")
        for formula in rule.iter(f"{MAIN}formula"):
            found += [f"conditional format: {p}" for p in _references(formula.text or "", titles)]
    for link in root.iter(f"{MAIN}hyperlink"):
        found += [f"link: {p}" for p in _references(link.get("location") or "", titles)]
        if not (link.get("location") or link.get(f"{REL}id")):
            found.append(f"link at {link.get('ref')} leads nowhere")
    if sum(1 for v in root.iter(f"{MAIN}sheetView") if v.get("workbookViewId") is None):
        found.append("a view without its workbook's view")
    return found


def _cells(root: ET.Element, styles: dict[str, int], texts: int) -> list[str]:
    found, last_row = [], 0
    for row in root.iter(f"{MAIN}row"):
        number = int(row.get("r", last_row + 1))
        if not last_row < number <= LAST_ROW:
            found.append(f"row {number} after row {last_row}")
        last_row, last_column = number, 0
        if float(row.get("ht", 0)) > 409:
            found.append(f"row {number} is {row.get('ht')} points high")
        for cell in row:
            at = _place(cell.get("r", ""))
            if at[0] != number or not last_column < at[1] <= LAST_COLUMN:
                found.append(f"cell {cell.get('r')} in row {number}")
            last_column = at[1]
            kind, value = cell.get("t", "n"), cell.find(f"{MAIN}v")
            if int(cell.get("s", 0)) >= styles["cellXfs"]:
                found.append(f"cell {cell.get('r')} has style {cell.get('s')}")
            if kind == "s" and (value is None or not 0 <= int(value.text or -1) < texts):
                found.append(f"cell {cell.get('r')} names a shared string that is not there")
            if (
                kind == "n"
                and value is not None
                and not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value.text or "")
            ):
                found.append(f"cell {cell.get('r')} holds {value.text!r} as a number")
            if kind == "inlineStr" and _letters("".join(cell.itertext())) > LONGEST_TEXT:
                found.append(f"cell {cell.get('r')} holds too long a text")
            if kind not in ("n", "s", "inlineStr", "str", "b", "e", "d"):
                found.append(f"cell {cell.get('r')} is of kind {kind}")
    return found


def _overlaps(areas: list[tuple[int, int, int, int]], what: str) -> list[str]:
    found = []
    for n, (top, left, bottom, right) in enumerate(areas):
        if not 1 <= top <= bottom <= LAST_ROW or not 1 <= left <= right <= LAST_COLUMN:
            found.append(f"{what}: no area {areas[n]}")
        for other in areas[:n]:
            if top <= other[2] and other[0] <= bottom and left <= other[3] and other[1] <= right:
                found.append(f"{what} overlap: {areas[n]}, {other}")
    return found


def _validations(root: ET.Element, titles: list[str]) -> list[str]:
    found = []
    listed = root.find(f"{MAIN}dataValidations")
    rules = list(root.iter(f"{MAIN}dataValidation"))
    if listed is not None and listed.get("count") not in (None, str(len(rules))):
        found.append(f"drop-down lists: {len(rules)}, not {listed.get('count')}")
    if listed is not None and not rules:
        found.append("drop-down lists: an empty list")
    areas = [_area(a) for r in rules for a in r.get("sqref", "").split()]
    found += _overlaps(areas, "drop-down lists")
    for rule in rules:
        for attribute, limit in VALIDATION_LIMITS.items():
            if len(rule.get(attribute, "")) > limit:
                found.append(
                    f"drop-down list at {rule.get('sqref')}: {attribute} has {len(rule.get(attribute, ''))} letters"
                )
        for formula in rule:
            text = formula.text or ""
            if not text or len(text) > LONGEST_LIST:
                found.append(f"drop-down list at {rule.get('sqref')}: a formula of {len(text)} letters")
            found += [f"drop-down list: {p}" for p in _references(text, titles)]
    return found
