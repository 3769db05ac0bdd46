"""The contracts load, and everything generated from them is what stands in the repository."""

from __future__ import annotations

import pytest

from orchestration import lake
from orchestration.contracts import model
from orchestration.contracts.codesets import load_code_sets
from orchestration.errors import ConfigError
from orchestration.warehouse.staging import STAGING, staging_files


def test_staging_models_are_those_the_contracts_write() -> None:
    generated = staging_files()
    on_disk = {p: p.read_text(encoding="utf-8") for p in STAGING.iterdir()}
    stale = {p.name for p in set(generated) | set(on_disk) if generated.get(p) != on_disk.get(p)}
    assert not stale, f"run python -m orchestration.warehouse.staging; these differ: {sorted(stale)}"


def test_every_parent_of_a_contract_table_exists_with_its_columns() -> None:
    tables = model.submission_tables()
    for table in tables.values():
        for columns, parent, parent_columns in table.foreign_keys:
            assert len(columns) == len(parent_columns)
            assert all(tables[parent].field(c) for c in parent_columns)
            assert all(table.field(c) for c in columns)


def test_every_table_but_the_cover_names_its_organization_first() -> None:
    for name, table in model.submission_tables().items():
        if name != "cover":
            assert table.fields[0].name == "org_id"
            assert "org_id" in table.primary_key


def test_key_columns_are_required() -> None:
    for table in [*model.submission_tables().values(), *model.feed_tables().values()]:
        assert all(table.field(k).required for k in table.primary_key), table.name


def test_names_of_people_are_marked() -> None:
    marked = {(t.name, f.name) for t in model.submission_tables().values() for f in t.fields if f.pii}
    assert {
        ("cover", "prepared_by"),
        ("actions", "person_responsible"),
        ("actions", "collaborators"),
    } <= marked


def test_there_are_twelve_practices_and_thirty_seven_elements() -> None:
    sets = load_code_sets()
    assert len(sets["practices"].codes) == 12
    assert len(sets["self_reflection_elements"].codes) == 37
    assert {c[:2].upper() for c in sets["self_reflection_elements"].codes} == set(sets["practices"].codes)


def test_money_is_exact_in_the_lake() -> None:
    columns = lake.table_columns()
    assert columns["submission__actions"]["budget"] == "DECIMAL(18,2)"
    assert columns["feed__title1_allocations"]["amount"] == "DECIMAL(18,2)"


def test_a_contract_with_an_unknown_type_or_code_set_is_refused_with_its_place(tmp_path) -> None:
    folder = tmp_path / "submission"
    folder.mkdir()
    head = "name: t\ntitle: T\ngrain: g\ndescription: d\nprimaryKey: [a]\nfields:\n"
    (folder / "t.yaml").write_text(head + "  - {name: a, title: A, type: text, description: d}\n")
    with pytest.raises(ConfigError, match=r"submission/t.yaml: column a has unknown type"):
        model._load_table(folder / "t.yaml")
    (folder / "t.yaml").write_text(
        head + "  - {name: a, title: A, type: string, codeSet: nope, description: d}\n"
    )
    with pytest.raises(ConfigError, match="names code set 'nope'"):
        model._load_table(folder / "t.yaml")
