"""Where help should go next and who could give it, worked out again in plain loops."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

import pandas as pd
from recompute_supports import Supports

Row = dict[str, Any]
KEYS = {"rpt_support_candidates": ["school_year", "code_level", "code", "for_level", "for_id"]}
# the words hold the figures beside them; the model's unit test holds the words
NOT_RECOMPUTED = {"rpt_support_candidates": {"in_words"}}
ASKING = ("waning", "needed_not_provided", "provided_not_used", "used_not_effective")
NOT_A_PEER = {f"helper_{name}": None for name in ("n_due", "n_due_on_time", "on_time_rate")}


class Help(Supports):
    """Every mart of the comparison, that of help with them."""

    @cached_property
    def _wants(self) -> list[Row]:
        """One row for each organization, year and code, with its reasons."""
        reasons: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        since: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in self.rpt_waning.to_dict("records"):
            if row["is_last_of_year"]:
                key = (row["org_id"], row["school_year"], row["code"])
                reasons[key].add("waning")
                since[key].append(row["since_period"])
        for row in self.fct_support.to_dict("records"):
            if row["support_state"] in ASKING and row["is_in_latest_file"]:
                for code in (row["practice_codes"] or "all").split(","):
                    reasons[(row["org_id"], row["school_year"], code)].add(row["support_state"])
        return [
            {
                "org_id": org, "school_year": year, "code": code, "reasons": found,
                "lea_id": self.directory["lea_id"][org], "org_level": self.directory["org_level"][org],
                "region": self.region_of[org], "since": min(since[(org, year, code)], default=None),
            }
            for (org, year, code), found in reasons.items()
        ]  # fmt: skip

    def _strong(self, want: Row) -> list[Row]:
        """Those of its region and level that are strong in the code, the strongest first."""
        wanting = {w["org_id"] for w in self._wants
                   if (w["school_year"], w["code"]) == (want["school_year"], want["code"])}  # fmt: skip
        found = []
        for (org, year, code), rows in self._judged.items():
            last = rows[-1]
            if (
                (year, code) == (want["school_year"], want["code"])
                and org not in wanting
                and last["is_last_of_year"]
                and last["n_due"] >= self.settings["waning_min_due"]
                and last["on_time_rate"] >= self.settings["implementation_high"]
                and self.directory["org_level"][org] == want["org_level"]
                and self.region_of[org] == want["region"]
            ):
                found.append(last)
        return sorted(found, key=lambda r: (-r["on_time_rate"], -r["n_due"], r["org_id"]))

    @cached_property
    def rpt_support_candidates(self) -> pd.DataFrame:
        near: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        leas: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        regions: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for want in self._wants:
            year, code = want["school_year"], want["code"]
            near[(year, code, want["region"], want["org_level"])].append(want)
            regions[(year, code)][want["region"]].append(want)
            if want["org_level"] == "school":
                leas[(year, code, want["lea_id"])].append(want)
        rows = []
        for wants in near.values():
            strong = self._strong(wants[0])
            wants.sort(key=lambda w: (-len(w["reasons"]), w["since"] or "9999", w["org_id"]))
            for n, want in enumerate(wants):
                row = _summed([want]) | {"for_level": "organization", "for_id": want["org_id"]}
                peer = strong[n % len(strong)] if strong else None
                row |= {"helper_kind": "none_found", "helper_id": None} | NOT_A_PEER
                if peer:
                    row |= {"helper_kind": "peer", "helper_id": peer["org_id"], "helper_n_due": peer["n_due"],
                            "helper_n_due_on_time": peer["n_due_on_time"],
                            "helper_on_time_rate": peer["on_time_rate"]}  # fmt: skip
                rows.append(row)
        for (_, _, lea), wants in leas.items():
            if len(wants) >= self.settings["support_min_schools"]:
                helper = {"for_level": "lea", "for_id": lea, "helper_kind": "lea", "helper_id": lea}
                rows.append(_summed(wants) | helper | NOT_A_PEER)
        state = {"helper_kind": "state", "helper_id": "state"} | NOT_A_PEER
        for by_region in regions.values():
            least = self.settings["support_min_leas"]
            enough = {r: w for r, w in by_region.items() if _summed(w)["n_leas"] >= least}
            for region, wants in enough.items():
                rows.append(_summed(wants) | {"for_level": "region", "for_id": region} | state)
            every = _summed([w for wants in by_region.values() for w in wants])
            if not enough and every["n_leas"] >= least:
                rows.append(every | {"for_level": "state", "for_id": "state"} | state)
        return pd.DataFrame(_placed(rows), dtype=object)


def _summed(wants: list[Row]) -> Row:
    code = wants[0]["code"]
    counts = {f"n_{reason}": sum(reason in w["reasons"] for w in wants) for reason in ASKING}
    return {
        "school_year": wants[0]["school_year"], "code": code, "code_level": "all" if code == "all" else "practice",
        "n_organizations": len(wants), "n_leas": len({w["lea_id"] for w in wants}), **counts,
        "n_reasons": sum(counts.values()),
        "waning_since": min((w["since"] for w in wants if w["since"]), default=None),
    }  # fmt: skip


def _placed(rows: list[Row]) -> list[Row]:
    rows.sort(
        key=lambda r: (
            r["school_year"], -r["n_reasons"], -r["n_organizations"], r["waning_since"] or "9999",
            r["code_level"] != "practice", r["code"], r["for_level"], r["for_id"],
        )
    )  # fmt: skip
    place: dict[str, int] = defaultdict(int)
    for row in rows:
        place[row["school_year"]] += 1
        row["place"] = place[row["school_year"]]
    return rows
