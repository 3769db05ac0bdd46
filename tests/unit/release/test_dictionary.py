"""The dictionary of a release: as data, as a page, as a data package, and since when each column stands."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser

import duckdb
import pytest

from orchestration.release.dictionary import Heading, write_dictionary

EVIL = "<script>alert('x')</script> & \"quoted\""
LEVELS = {
    "name": "levels", "title": "Levels", "source": "seeds/levels.csv", "labels": {"lea": "LEA", "school": EVIL}, "also": "",
}  # fmt: skip
MANY = {"name": "many", "title": "Many codes", "source": "seeds/many.csv", "also": "", "labels": {
    f"c{n}": f"Code {n}" for n in range(20)}}  # fmt: skip
DESCRIBED = {
    "dim_school": {
        "description": f"Schools {EVIL}", "grain": "one row per school", "key": ["org_id"], "required": ["org_id"],
        "columns": {
            "org_id": {"description": f"ID {EVIL}", "unit": None},
            "night": {"description": "Night", "unit": "nights"},
        },
    },
    "fct_status": {
        "description": "Statuses", "grain": "one row per school and month", "key": ["org_id", "period"],
        "required": ["org_id", "period"],
        "columns": {
            "org_id": {"description": "School", "references": ["dim_school", "org_id"]},
            "period": {"description": "Month", "codes": MANY},
            "note": {"description": "Level", "codes": LEVELS, "values": ["lea"]},
        },
    },
}  # fmt: skip


@pytest.fixture
def folder(home):
    """The internal folder of a release whose descriptions are hostile."""
    home.build(1)
    home.pass_gate()
    return home.releases / home.publish_as(DESCRIBED).release_id / "internal"


class Reader(HTMLParser):
    """Collects a page's ids, links and texts, as a browser would."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.outside: list[str] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            if name in ("href", "src"):
                (self.links if not re.match(r"(\w+:)?//", value) else self.outside).append(value)

    def handle_data(self, data):
        self.words += data


def test_the_page_is_whole_in_one_file_and_says_hostile_texts_as_texts(folder):
    text = (folder / "dictionary" / "index.html").read_text()
    page = Reader(text)
    assert page.outside == [] and "url(" not in text and "@import" not in text
    assert page.tags.count("script") == 1  # its own search
    assert text.count("alert(") == text.count("&lt;script&gt;alert(") == 2
    assert f"Schools {EVIL}" in page.words


def test_every_link_of_the_page_leads_to_a_mart_a_column_or_a_list(folder):
    page = Reader((folder / "dictionary" / "index.html").read_text())
    assert {"dim_school", "fct_status", "fct_status.period", "codes.many"} <= page.ids
    assert "codes.levels" not in page.ids  # short enough to stand at its column
    assert page.links and all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert "#dim_school.org_id" in page.links  # what fct_status.org_id is one of
    assert 'id="q"' in (folder / "dictionary" / "index.html").read_text()


def test_codes_are_told_with_their_labels_everywhere(folder):
    rows = {
        (r["mart"], r["column"]): r
        for r in csv.DictReader((folder / "dictionary" / "dictionary.csv").open(newline=""))
    }
    assert rows["fct_status", "note"]["codes"] == "lea = LEA"  # what a test accepts, not the whole list
    assert rows["fct_status", "period"]["codes"].startswith("c0 = Code 0; c1 = Code 1")
    whole = json.loads((folder / "dictionary" / "dictionary.json").read_text())
    assert whole["code_lists"]["levels"]["labels"]["school"] == EVIL
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as db:
        said = dict(
            db.execute(
                "select column_name, comment from duckdb_columns() where table_name = 'fct_status'"
            ).fetchall()
        )
    assert said["note"].startswith("Level Codes: lea = LEA.")
    assert "Many codes, 20 of them, in the dictionary" in said["period"]


# The rules are those of the Data Package and Table Schema specifications, version 1.
FIELD_TYPES = {"string", "number", "integer", "boolean", "object", "array", "date", "time", "datetime", "year",
               "yearmonth", "duration", "geopoint", "geojson", "any"}  # fmt: skip


def test_the_data_package_keeps_the_rules_of_its_specification(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["profile"] == "data-package" and re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    names = [r["name"] for r in package["resources"]]
    assert sorted(names) == ["dim_school", "fct_status"] and len(set(names)) == len(names)
    for resource in package["resources"]:
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        assert not resource["path"].startswith("/") and ".." not in resource["path"].split("/")
        assert (folder / resource["path"]).stat().st_size == resource["bytes"]
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", resource["hash"])
        schema = resource["schema"]
        fields = [f["name"] for f in schema["fields"]]
        with duckdb.connect() as db:
            held = db.execute(
                f"describe select * from read_parquet('{folder / resource['path']}')"
            ).fetchall()
        assert fields == [row[0] for row in held]
        assert {f["type"] for f in schema["fields"]} <= FIELD_TYPES
        assert set(schema["primaryKey"]) <= set(fields)
        for key in schema.get("foreignKeys", []):
            assert key["fields"] in fields and key["reference"]["resource"] in names
    status = next(r for r in package["resources"] if r["name"] == "fct_status")
    fields = {f["name"]: f for f in status["schema"]["fields"]}
    assert fields["org_id"]["constraints"] == {"required": True}
    assert fields["note"]["constraints"] == {"enum": ["lea"]} and fields["note"]["codes"] == [
        {"value": "lea", "label": "LEA"}
    ]
    assert (fields["budget"]["type"], fields["due_on"]["type"], fields["received_at"]["type"]) == (
        "number",
        "date",
        "datetime",
    )


def test_since_is_the_first_release_that_held_it_and_is_carried_on(home):
    first = home.night(1)
    home.night(2, "alter table marts.dim_school add column added bigint")
    third = home.night(3, "alter table marts.dim_school add column added bigint")
    whole = json.loads(
        (home.releases / third.release_id / "internal" / "dictionary" / "dictionary.json").read_text()
    )
    school = whole["marts"]["dim_school"]
    assert school["since"] == {"release_id": first.release_id, "as_of": "2024-06-02T00:00:00"}
    columns = {c["column"]: c["since"]["as_of"] for c in school["columns"]}
    assert columns == {
        "org_id": "2024-06-02T00:00:00",
        "night": "2024-06-02T00:00:00",
        "added": "2024-06-03T00:00:00",
    }


def test_a_damaged_dictionary_of_the_release_before_does_not_make_every_column_new(home):
    first, second = home.night(1), home.night(2)
    file = home.releases / second.release_id / "internal" / "dictionary" / "dictionary.json"
    file.chmod(0o644)
    file.write_text(file.read_text()[:100])
    third = home.releases / home.night(3).release_id / "internal" / "dictionary" / "dictionary.json"
    assert json.loads(third.read_text())["marts"]["dim_school"]["since"]["release_id"] == first.release_id


def test_another_audience_gets_a_dictionary_of_what_its_folder_holds(folder, tmp_path):
    whole = json.loads((folder / "dictionary" / "dictionary.json").read_text())
    from orchestration.content import MartContent

    part = {"fct_status": MartContent(90, "x", (("org_id", "VARCHAR"), ("period", "VARCHAR")))}
    (tmp_path / "parquet").mkdir()
    (tmp_path / "parquet" / "fct_status.parquet").write_bytes(
        (folder / "parquet" / "fct_status.parquet").read_bytes()
    )
    write_dictionary(
        tmp_path / "dictionary", DESCRIBED, part, Heading("Demo", "r1", "2024-06-02T00:00:00", "public", {})
    )
    text = (tmp_path / "dictionary" / "index.html").read_text()
    assert "for the public audience" in text and "dim_school" not in text and "note" not in Reader(text).ids
    (resource,) = json.loads((tmp_path / "datapackage.json").read_text())["resources"]
    assert "foreignKeys" not in resource["schema"]  # dim_school is not there
    assert whole["release"]["audience"] == "internal"
