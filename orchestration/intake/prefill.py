"""The workbook that fills itself in: what stands for an LEA and its schools, ready to be changed and sent.

Read from the lake alone. Sent back unchanged it is accepted and says again what stood. For an LEA that
never sent anything it holds its designated schools and empty tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from upath import UPath

from orchestration import storage
from orchestration.contracts.model import submission_tables
from orchestration.errors import BadDataError, ConfigError
from orchestration.feeds.directory import designated, known_organizations
from orchestration.intake.authority import Directory
from orchestration.intake.prefill_due import first_period_of_span, require_reporting_month, tables_due
from orchestration.intake.prefill_duties import not_told, reported_duties
from orchestration.intake.prefill_rows import Row, Standing
from orchestration.intake.receipt import PLAIN
from orchestration.intake.template import TEMPLATE_VERSION, render_csv_zip, render_workbook
from orchestration.intake.template_columns import beside
from orchestration.policy import Policy
from orchestration.school_year import period_end, school_year_of
from orchestration.settings import Settings

Form = Literal["xlsx", "zip"]
FORMS: tuple[Form, ...] = ("xlsx", "zip")
CLOSED = ("closed", "merged")
# tables of which a file may tell a few rows only: the latest of each stands, not the latest file
ROW_BY_ROW = {"action_status": ("org_id", "action_code"), "duties": ("org_id", "duty_code")}


@dataclass(frozen=True)
class Prefilled:
    """What one LEA's workbook holds.

    Args:
        tables: rows by table, of the tables that are due.
        title: first line of the workbook.
        notes: lines about the LEA's organizations for the Instructions sheet.
    """

    lea_id: str
    period: str
    tables: dict[str, list[Row]]
    title: str
    notes: list[tuple[str, ...]]

    def render(self, form: Form) -> bytes:
        """The bytes of the workbook, or of the same tables as a zip of CSVs."""
        if form == "zip":
            return render_csv_zip(self.tables)
        return render_workbook(self.tables, title=self.title, notes=self.notes, prefilled=True)


class Prefiller:
    """Everything that the workbooks of one month need, read once for one LEA or for many."""

    def __init__(
        self, settings: Settings, policy: Policy, period: str, as_of: datetime, leas: Iterable[str] | None
    ) -> None:
        """Read what stands as of a time for those LEAs, or for every LEA that owes a report.

        Raises:
            ConfigError: the period is no month that is reported on, or an LEA is not in the directory.
            BadDataError: no directory has been loaded.
        """
        require_reporting_month(policy, period)
        self.policy, self.period = policy, period
        self.school_year = school_year_of(period, policy.school_year_first_month)
        self._read_directory(settings.lake, as_of)
        designations = designated(settings.lake, as_of, self.school_year)
        standing = Standing.of(settings.lake, as_of, period)
        self.categories: dict[str, set[str]] = {}
        for org_id, category in zip(designations["org_id"], designations["category"], strict=True):
            self.categories.setdefault(org_id, set()).add(category)
        self.leas = sorted(self._owing(standing)) if leas is None else sorted(set(leas))
        for lea_id in self.leas:
            if lea_id not in self.lea_ids:
                raise ConfigError(
                    f"{lea_id!r} is not an LEA of the directory; give the state's ID of an LEA, "
                    f"with its leading zeros, such as {min(self.lea_ids)}"
                )
        chosen = set(self.leas)
        self.duties = reported_duties(settings.lake, policy, as_of, self.school_year)
        self._rows = self._read_rows(standing, {o for o, lea in self.owner.items() if lea in chosen})

    def _read_directory(self, root: UPath, as_of: datetime) -> None:
        known = known_organizations(root, as_of)
        if known.empty:
            raise BadDataError(
                "no directory of organizations has been loaded; put the state's directory into feeds/ and "
                "run interlace nightly first"
            )
        listed = known[["effective_on", "org_id", "org_level", "lea_id"]].dropna()
        directory = Directory.of_columns({str(c): listed[c].tolist() for c in listed.columns})
        end = period_end(self.period)
        self.lea_ids = {o for o in {*listed["lea_id"], *listed["org_id"]} if directory.is_lea(o)}
        self.owner = {lea: lea for lea in self.lea_ids}
        for org_id in dict.fromkeys(listed["org_id"]):
            member = directory.membership(org_id, end)
            if member is not None:
                self.owner[org_id] = member.lea_id
        latest = known.drop_duplicates("org_id", keep="last")
        self.names = {
            o: n if isinstance(n, str) else o
            for o, n in zip(latest["org_id"], latest["org_name"], strict=True)
        }
        self.closed = set(latest["org_id"][latest["status"].isin(CLOSED)])

    def _owing(self, standing: Standing) -> set[str]:
        """LEAs with a designation that obliges to report, and those that reported earlier that school year."""
        asked = set(self.policy.value("expected_categories", self.school_year).split(","))
        obliged = {
            self.owner[o]
            for o, categories in self.categories.items()
            if o in self.owner and o not in self.closed and categories & asked
        }
        since = first_period_of_span(self.policy, self.period, "annual")
        files = standing.files
        earlier = files[(files["period"] >= since) & (files["period"] < self.period)]["lea_id"]
        return (obliged | set(earlier)) & self.lea_ids

    def _read_rows(self, standing: Standing, organizations: set[str]) -> dict[str, dict[str, list[Row]]]:
        """By table and LEA, the rows that stand."""
        found: dict[str, dict[str, list[Row]]] = {}
        for name in tables_due(self.policy, self.period, applies=True):
            table = submission_tables()[name]
            if name == "cover":
                continue
            since = first_period_of_span(self.policy, self.period, table.when)
            by = ROW_BY_ROW.get(name, ("org_id",))
            of: dict[str, list[Row]] = {}
            for row in standing.rows(name, organizations, since=since, by=by):
                of.setdefault(self.owner[row["org_id"]], []).append(row)
            found[name] = of
        return found

    def lea(self, lea_id: str) -> Prefilled:
        """What stands for one of the LEAs that were read."""
        schools = sorted(
            o
            for o, categories in self.categories.items()
            if self.owner.get(o) == lea_id and o not in self.closed and categories != {"none"}
        )
        applies = any("CSI" in self.categories[o] for o in schools)
        tables: dict[str, list[Row]] = {}
        for name in tables_due(self.policy, self.period, applies=applies):
            tables[name] = list(self._rows.get(name, {}).get(lea_id, []))
        tables["action_status"] = _current_statuses(tables["action_status"], tables["actions"])
        tables["cover"] = [{"lea_id": lea_id, "period": self.period, "template_version": TEMPLATE_VERSION}]
        never_sent = not any(rows for name, rows in tables.items() if name != "cover")
        if never_sent:
            tables["organizations"] = [
                {"org_id": o, "org_level": "lea" if o == lea_id else "school"}
                for o in dict.fromkeys((lea_id, *schools))
            ]
        tables["duties"] += not_told(schools, self.categories, self.duties, tables["duties"])
        for name, rows in tables.items():
            # the LEA first, then its schools; the sort keeps the order of the key within each
            tables[name] = sorted(rows, key=lambda r: r.get("org_id") != lea_id)
        notes = self._notes(lea_id, schools, tables, never_sent)
        self._explain(tables)
        name_of = self.names.get(lea_id, lea_id)
        return Prefilled(
            lea_id,
            self.period,
            tables,
            f"Improvement report of {name_of} ({lea_id}) for {self.period}",
            notes,
        )

    def _notes(
        self, lea_id: str, schools: list[str], tables: dict[str, list[Row]], never_sent: bool
    ) -> list[tuple[str, ...]]:
        """Each organization of the LEA: its name, its designation, and whether a plan is here."""
        filled = {} if never_sent else {r["org_id"]: r["period"] for r in tables["organizations"]}
        with_actions = {r["org_id"] for r in tables["actions"]}
        lines: list[tuple[str, ...]] = [("Your organizations", "Name", "What is filled in here")]
        for org_id in dict.fromkeys((lea_id, *schools, *sorted({*filled, *with_actions} - {lea_id}))):
            designation = ", ".join(sorted(self.categories.get(org_id, set())))
            words = f"{designation}: " if designation else ""
            if org_id in filled:
                words += f"the plan as sent for {filled[org_id]}"
            elif org_id in with_actions:
                words += "part of its plan; its row in Organizations is missing"
            elif org_id in schools:
                words += "no plan here yet; begin with its row in Organizations"
            else:
                words += "no plan here"
            lines.append((org_id, self.names.get(org_id, org_id), words))
        return lines

    def _explain(self, tables: dict[str, list[Row]]) -> None:
        """Put into each row what its sheet shows beside it: names, and the plan's own words."""
        plan: dict[tuple[str, str], dict[tuple[Any, ...], Any]] = {}
        for name, rows in tables.items():
            for column in beside(submission_tables()[name]):
                if column.source is None:
                    for row in rows:
                        row[column.name] = self.names.get(row["org_id"], "")
                    continue
                source, said = column.source
                key = submission_tables()[source].primary_key
                if column.source not in plan:
                    plan[column.source] = {tuple(r[k] for k in key): r[said] for r in tables[source]}
                for row in rows:
                    row[column.name] = plan[column.source].get(tuple(row[k] for k in key))


def _current_statuses(statuses: list[Row], actions: list[Row]) -> list[Row]:
    """The last known status of each action, without those that the plan no longer holds.

    An organization's latest file always stands whole; a status from an earlier one counts while its
    action is still planned.
    """
    latest: dict[str, str] = {}
    for row in statuses:
        latest[row["org_id"]] = max(row["period"], latest.get(row["org_id"], ""))
    planned = {(a["org_id"], a["action_code"]) for a in actions}
    return [
        s
        for s in statuses
        if s["period"] == latest[s["org_id"]] or (s["org_id"], s["action_code"]) in planned
    ]


def workbook_path(settings: Settings, lea_id: str, period: str, form: Form = "xlsx") -> UPath:
    """Where an LEA's workbook goes: `outbox/<lea_id>/<period>/workbook-<period>.xlsx`."""
    if not PLAIN.fullmatch(lea_id):
        raise ConfigError(f"{lea_id!r} cannot name a folder of the outbox; give --out")
    return settings.outbox / lea_id / period / f"workbook-{period}.{form}"


def write_lea_workbook(
    settings: Settings,
    policy: Policy,
    period: str,
    lea_id: str,
    as_of: datetime,
    *,
    form: Form = "xlsx",
    out: Path | None = None,
) -> tuple[UPath, Prefilled]:
    """Write one LEA's prefilled workbook, whole or not at all; where, and what it holds.

    Raises:
        ConfigError: an unknown LEA, or no month that is reported on.
        BadDataError: no directory has been loaded.
    """
    prefilled = Prefiller(settings, policy, period, as_of, [lea_id]).lea(lea_id)
    path = UPath(out) if out is not None else workbook_path(settings, lea_id, period, form)
    storage.write_whole(path, prefilled.render(form))
    return path, prefilled


def write_workbooks(
    settings: Settings,
    policy: Policy,
    period: str,
    as_of: datetime,
    progress: Callable[[str], None] = lambda _: None,
    *,
    form: Form = "xlsx",
) -> dict[str, int]:
    """Write the workbook of every LEA that owes a report for the month; by LEA, the rows filled in.

    Raises:
        ConfigError: no month that is reported on.
        BadDataError: no directory has been loaded.
    """
    progress("reading what stands")
    prefiller = Prefiller(settings, policy, period, as_of, None)
    written = {}
    for n, lea_id in enumerate(prefiller.leas, 1):
        prefilled = prefiller.lea(lea_id)
        storage.write_whole(workbook_path(settings, lea_id, period, form), prefilled.render(form))
        written[lea_id] = sum(len(rows) for rows in prefilled.tables.values())
        if n % 100 == 0 or n == len(prefiller.leas):
            progress(f"{n:,} of {len(prefiller.leas):,} workbooks written")
    return written
