"""What FS206 and FS212 of California must say, from its list files and directories by pandas alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from california_lists import STATUS

GROUPS = {
    "AA": "MB", "AI": "MAN", "AS": "MA", "EL": "LEP", "FI": "MF", "FOS": "STEDFNDSUBGRP1", "HI": "MHL", "HOM": "STEDFNDSUBGRP2",
    "TOM": "MM", "PI": "MNP", "SED": "ECODIS", "SWD": "WDIS", "WH": "MW",
}  # fmt: skip
CDS = r"\d{13,14}"
REASONS = {"low_performance": "CSILOWPERF", "low_graduation": "CSILOWGR"}


@dataclass(frozen=True)
class ListOfYear:
    """A list: by CDS code the status, the exit and the flagged student groups; which codes a directory has as open."""

    status: dict[str, str]
    exits: dict[str, str]
    groups: dict[str, set[str]]
    in_directory: set[str]
    closed: set[str]

    @property
    def reported(self) -> set[str]:
        """Schools that a file can hold."""
        return set(self.status) & self.in_directory - self.closed

    def statuses(self, cds: str) -> tuple[str, str, str]:
        """The three codes of a school."""
        status, left = self.status[cds], self.exits[cds]
        csi = "CSI" if status in REASONS else "CSIEXIT" if left == "CSIEXIT" else "NOTCSI"
        no_atsi = "ADDLTSIEXIT" if left == "ATSIEXIT" else "NOTADDLTSI"
        return csi, "NOTTSI", "ADDLTSI" if status == "low_subgroup" else no_atsi

    def reasons(self) -> set[tuple[str, str, str, str]]:
        """Rows of FS212: CDS code, table, reason, student group."""
        found = set()
        for cds in self.reported:
            if reason := REASONS.get(self.status[cds]):
                found.add((cds, "CSIREASONS", reason, ""))
            elif self.status[cds] == "low_subgroup":
                found |= {(cds, "ATSIREASONS", "", GROUPS[g]) for g in self.groups[cds]}
        return found


def read_list(california: Path, year: int) -> ListOfYear:
    """The list of 2022 or 2023 and the directories of 2018, 2021 and 2022."""
    path = california / "designations" / f"essaassistance{year - 2000}.xlsx"
    sheet = {2022: 0, 2023: 1}[year]
    frame = pd.read_excel(path, dtype=str, header=2, engine="calamine", sheet_name=sheet)
    frame.columns = ["cds" if str(c).upper() == "CDS" else c for c in frame.columns]
    rows = frame[frame["cds"].str.fullmatch(CDS, na=False)]
    rows = rows.assign(cds=rows["cds"].str.zfill(14)).set_index("cds")
    flags = {g: rows[g] for g in GROUPS if g in rows}
    groups = {cds: {g for g, f in flags.items() if _is_yes(f[cds])} for cds in rows.index}
    directory, closed = _directory(california / "directory")
    return ListOfYear(
        {cds: STATUS.get(s, "none") for cds, s in rows[f"AssistanceStatus{year}"].items()},
        rows["Exit"].to_dict(),
        groups,
        directory,
        closed,
    )


def _is_yes(value: object) -> bool:
    return str(value).strip().upper() in {"Y", "YES", "1", "TRUE", "X"} or str(value).strip() in GROUPS


def _directory(folder: Path) -> tuple[set[str], set[str]]:
    """CDS codes that any directory has, and those that the directory of 2021 has closed or merged."""
    known: set[str] = set()
    for path in sorted(folder.glob("pubschls_*")) + sorted(folder.glob("CDESchoolDirectoryExport_*")):
        if path.suffix == ".xlsx":
            raw = pd.read_excel(path, dtype=str, header=None, engine="calamine")
        else:
            raw = pd.read_csv(path, dtype=str, header=None, encoding="cp1252", on_bad_lines="skip")
        for column in raw:
            if raw[column].head(200).str.fullmatch(CDS, na=False).any():
                codes = raw.loc[raw[column].str.fullmatch(CDS, na=False), column]
                known |= set(codes.str.zfill(14))
    vintage = pd.read_excel(folder / "pubschls_2021-10-05.xlsx", dtype=str, skiprows=7, engine="calamine")
    vintage = vintage[vintage["CDSCode"].str.fullmatch(CDS, na=False)]
    gone = vintage["StatusType"].isin(["Closed", "Merged"])
    return known, set(vintage.loc[gone, "CDSCode"].str.zfill(14))
