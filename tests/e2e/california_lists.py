"""California's four lists read from their files with pandas alone, and counted apart from the project."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd

STATUS = {"CSI Low Perform": "low_performance", "CSI Grad": "low_graduation", "ATSI": "low_subgroup"}
ABSENT = "absent"


@dataclass(frozen=True)
class CaliforniaLists:
    """What each file says: by the year of the list, and the year spoken of, the status of each CDS code."""

    said: dict[int, dict[int, pd.Series]]
    exits: dict[int, pd.Series]
    status_2021: pd.Series  # of the directory of October 2021

    @property
    def own(self) -> dict[int, pd.Series]:
        """Each list's word on its own year."""
        return {year: told[year] for year, told in self.said.items()}

    def standing(self) -> dict[int, pd.Series]:
        """By year what stands: the own list's word, else that of the newest list, school by school."""
        found = dict(self.own)
        for year in (2020, 2021):
            found[year] = self.said[2023][year].combine_first(self.said[2022][year])
        return dict(sorted(found.items()))

    def transitions(self, before: int, after: int) -> Counter[tuple[str, str]]:
        """Schools by their status on two lists; `absent` where the list does not name the school."""
        both = pd.concat([self.own[before], self.own[after]], axis=1, keys=["was", "is"]).fillna(ABSENT)
        return Counter(zip(both["was"], both["is"], strict=True))

    def closed(self, before: int, after: int) -> int:
        """Schools of the one list that the other does not name, and the directory of 2021 shows closed."""
        gone = self.own[before].index.difference(self.own[after].index)
        return int(self.status_2021.reindex(gone).eq("Closed").sum())

    def differing(self) -> Counter[tuple[int, int, int]]:
        """Schools of which two lists speak otherwise, by year spoken of and the two lists."""
        found: Counter[tuple[int, int, int]] = Counter()
        for first, second in combinations(sorted(self.said), 2):
            for year in self.said[first].keys() & self.said[second].keys():
                one, other = self.said[first][year], self.said[second][year]
                shared = one.index.intersection(other.index)
                if n := int((one[shared] != other[shared]).sum()):
                    found[(year, first, second)] = n
        return found

    def left_out(self) -> Counter[tuple[int, int]]:
        """Schools that a later list names as identified in a year whose own list leaves them out."""
        found: Counter[tuple[int, int]] = Counter()
        for year, own in self.own.items():
            for told, said in self.said.items():
                if told > year and year in said:
                    later = said[year][said[year] != "none"]
                    if n := len(later.index.difference(own.index)):
                        found[(year, told)] = n
        return found

    def years_in_status(self) -> Counter[tuple[str, int]]:
        """Schools of the newest list by category and unbroken years in it."""
        category = {
            y: s.map(lambda r: "ATSI" if r == "low_subgroup" else r if r == "none" else "CSI")
            for y, s in self.standing().items()
        }
        newest = category[2023][category[2023] != "none"]
        counts = pd.Series(0, index=newest.index)
        going = pd.Series(True, index=newest.index)
        for year in sorted(category, reverse=True):
            going &= category[year].reindex(newest.index).eq(newest)
            counts += going
        return Counter(zip(newest, counts, strict=True))


def read_lists(california: Path) -> CaliforniaLists:
    """Read the four lists and the directory of 2021."""
    lists, directory = california / "designations", california / "directory"
    frames = {
        2018: pd.read_csv(lists / "sch_eligibility_state_sg_2018.csv", dtype=str, encoding="cp1252"),
        2019: pd.read_csv(lists / "essaassistance19.csv", dtype=str, encoding="cp1252", skiprows=2),
        2022: pd.read_excel(lists / "essaassistance22.xlsx", dtype=str, header=2, engine="calamine"),
        2023: pd.read_excel(
            lists / "essaassistance23.xlsx", dtype=str, header=2, engine="calamine", sheet_name=1
        ),
    }
    said: dict[int, dict[int, pd.Series]] = {}
    exits = {}
    for told, frame in frames.items():
        frame.columns = ["cds" if c == "CDS" else c for c in frame.columns]
        rows = frame[frame["cds"].str.fullmatch(r"\d{13,14}", na=False)]
        rows = rows.assign(cds=rows["cds"].str.zfill(14)).set_index("cds")
        rows = rows.rename(columns={"AssistanceStatus": "AssistanceStatus2018"})
        said[told] = {
            int(c[-4:]): rows[c].map(lambda words: STATUS.get(words, "none"))
            for c in rows
            if c.startswith("AssistanceStatus")
        }
        if "Exit" in rows:
            exits[told] = rows["Exit"]
    vintage = pd.read_excel(directory / "pubschls_2021-10-05.xlsx", dtype=str, skiprows=7, engine="calamine")
    vintage = vintage[vintage["CDSCode"].str.fullmatch(r"\d{13,14}", na=False)]
    status = vintage.set_index(vintage["CDSCode"].str.zfill(14))["StatusType"]
    return CaliforniaLists(said, exits, status)
