"""Rules that do not do what they seem to say."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import find, source, target
from tests.support.mappings import include, transformation

TABLES = (
    Table("app", "flight_log", (Column("id", "bigint"), Column("origin_code", "character varying"), Column("originXcode", "character varying")), ("id",)),
    Table("app", "flight1log", (Column("id", "bigint"),), ("id",)),
)  # fmt: skip
UPPER = (
    transformation(10, "schema", ("app",), "convert-uppercase"),
    transformation(11, "table", ("app", "%"), "convert-uppercase"),
)


def _found(*rules: dict[str, Any], with_source: bool = True) -> list[tuple[str, str, str]]:
    parts = {"source": source(tables=TABLES)} if with_source else {}
    found = find(json.dumps({"rules": rules}), **parts)
    return [(str(item.severity), item.code, item.what) for item in found]


@pytest.mark.parametrize(
    ("rule", "severity", "what"),
    [
        (
            transformation(12, "schema", ("ap",), "rename", value="X"),
            "error", "ap: no such schema in the source; did you mean app?",
        ),
        (
            transformation(12, "table", ("app", "fligth_log"), "rename", value="X"),
            "error", "fligth_log: no such table in app; did you mean flight_log?",
        ),
        (
            transformation(12, "column", ("app", "%", "ORIGIN_CODE"), "rename", value="X"),
            "error", "ORIGIN_CODE: no such column in app.%; did you mean origin_code?",
        ),
        (
            transformation(12, "column", ("app", "%", "gone"), "remove-column"),
            "note", "gone: no such column in app.%",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_matches_nothing(rule: dict[str, Any], severity: str, what: str) -> None:
    assert (severity, "rule-without-object", what) in _found(include("app", "flight1log"), *UPPER, rule)


def test_a_selection_that_matches_nothing() -> None:
    assert _found(include("app", "fligth_log"), *UPPER) == [
        ("error", "rule-without-object", "fligth_log: no such table in app; did you mean flight_log?")
    ]


def test_an_underscore_that_catches_more() -> None:
    rule = transformation(12, "column", ("app", "flight[_]log", "origin_code"), "convert-uppercase")
    found = _found(include("app", "flight_log"), *UPPER, rule)
    assert [finding for finding in found if finding[0] == "warning"] == [
        ("warning", "underscore-wildcard", "table flight_log also means flight1log: _ stands for any one character"),
        ("warning", "underscore-wildcard", "column origin_code also means originXcode: _ stands for any one character"),
    ]


@pytest.mark.parametrize(
    ("pattern", "also", "write"),
    [
        ("flight_%", "flight1log", "flight[_]%"),
        ("%t[_]l_g", None, None),
        ("fligh__log", None, None),
    ],
)
def test_an_underscore_beside_other_wildcards(pattern: str, also: str | None, write: str | None) -> None:
    """`tmp_%` is how people write what begins with `tmp_`; one that spells no name is meant as it stands."""
    text = json.dumps({"rules": [include("app", pattern), *UPPER]})
    found = [item for item in find(text, source=source(tables=TABLES)) if item.code == "underscore-wildcard"]
    said = [(f"table {pattern} also means {also}: _ stands for any one character", f"write {write}")] if also else []
    assert [(item.what, item.do) for item in found] == said


def test_two_rules_on_a_table_and_on_a_schema() -> None:
    found = _found(
        include("app", "flight1log"),
        *UPPER,
        transformation(20, "schema", ("app",), "rename", value="X"),
        transformation(21, "table", ("app", "flight1log"), "add-prefix", value="P"),
    )
    assert [what for _, code, what in found if code == "rules-collide"] == [
        "2 rules act on table app.flight1log: rule 11 (convert-uppercase on %) applies, 21 (add-prefix P on flight1log) never",
        "2 rules act on schema app: rule 10 (convert-uppercase on app) applies, 20 (rename X on app) never",
    ]


def test_without_a_source_collisions_are_seen_among_the_names_in_the_rules() -> None:
    wild = transformation(12, "column", ("app", "flight1log", "%"), "convert-uppercase")
    rename = transformation(13, "column", ("app", "flight1log", "origin_code"), "rename", value="ORIGINCODE")
    assert _found(include("app", "flight1log"), *UPPER, wild, rename, with_source=False) == [
        (
            "error", "rules-collide",
            ("2 rules act on app.flight1log.origin_code: rule 12 (convert-uppercase on %) applies, "
            "13 (rename ORIGINCODE on origin_code) never"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wild_id", "severity", "what"),
    [
        (12, "error", ("rule 12 (remove-column on %) applies, 13 (convert-uppercase on id), 14 (rename O on origin[_]code) "
                      "never")),
        (19, "warning", ("rules 13 (convert-uppercase on id), 14 (rename O on origin[_]code) apply, 19 (remove-column on %) "
                        "never")),
    ],
)  # fmt: skip
def test_a_wildcard_in_the_way_of_several_rules_is_one_finding(wild_id: int, severity: str, what: str) -> None:
    found = _found(
        include("app", "flight[_]log"),
        *UPPER,
        transformation(wild_id, "column", ("app", "flight[_]log", "%"), "remove-column"),
        transformation(13, "column", ("app", "flight[_]log", "id"), "convert-uppercase"),
        transformation(14, "column", ("app", "flight[_]log", "origin[_]code"), "rename", value="O"),
    )
    collisions = [(level, said) for level, code, said in found if code == "rules-collide"]
    assert collisions == [(severity, f"3 rules act on 2 columns of app.flight_log: {what}")]


@pytest.mark.parametrize("kind", ["view", "materialized view", "foreign table"])
def test_a_rule_on_what_is_asked_like_a_table_says_what_it_is(kind: str) -> None:
    text = json.dumps({"rules": [include("app", "flight_sum"), *UPPER]})
    facts = source(tables=TABLES, other_relations={("app", "flight_sum"): kind})
    assert [item.what for item in find(text, source=facts) if item.code == "rule-without-object"] == [
        f"app.flight_sum is a {kind}, and changes of it are not in the WAL: only those of tables are"
    ]


LONG = "N" * 129
HANGUL = "항공권특가" * 3  # 45 bytes in 15 characters


@pytest.mark.parametrize(
    ("rules", "longest", "said"),
    [
        (
            [transformation(20, "schema", ("app",), "rename", value=LONG)],
            128, (f"rule 20 (rename) makes the schema app on the target '{'N' * 40}...', which has 129 bytes, and a name has "
            "at most 128, Oracle 19.24.0.0.0"),
        ),
        (
            [transformation(11, "table", ("app", "flight1log"), "remove-prefix", value="flight1log")],
            128, "rule 11 (remove-prefix) makes the table flight1log on the target '', which is empty",
        ),
        (
            [transformation(11, "table", ("app", "flight1log"), "add-suffix", value=HANGUL)],
            30, (f"rule 11 (add-suffix) makes the table flight1log on the target 'flight1log{HANGUL}', which has 55 bytes, "
            "and a name has at most 30, Oracle 19.24.0.0.0"),
        ),
        (
            [transformation(12, "column", ("app", "flight1log", "id"), "rename", value='I"D')],
            128, "rule 12 (rename) makes the column id on the target 'I\"D', which has a double quote in it",
        ),
        (
            [transformation(12, "column", ("app", "flight1log", "%"), "add-prefix", value="P" * 29)],
            30, (f"rule 12 (add-prefix) makes the column id on the target '{'P' * 29}id', which has 31 bytes, and a name "
            "has at most 30, Oracle 19.24.0.0.0"),
        ),
        (
            [transformation(12, "column", ("app", "flight1log", "id"), "rename",
                            expression="$AR_M_SOURCE_TABLE_NAME || '_' || hex(zeroblob(60))")],
            128, (f"rule 12 (rename) makes the column id on the target 'flight1log_{'0' * 29}...', which has 131 bytes, and "
            "a name has at most 128, Oracle 19.24.0.0.0"),
        ),
    ],
)  # fmt: skip
def test_a_name_that_oracle_cannot_have_is_one_finding(rules: list[dict[str, Any]], longest: int, said: str) -> None:
    others = [rule for rule in UPPER if rule["rule-target"] not in {one["rule-target"] for one in rules}]
    text = json.dumps({"rules": [include("app", "flight1log"), *others, *rules]})
    server = SimpleNamespace(version="19.24.0.0.0", max_identifier_length=longest)
    facts = target(Table("APP", "FLIGHT1LOG", (Column("ID", "NUMBER"),)), _connection=server)
    found = find(text, source=source(tables=TABLES), target=facts)
    assert [(item.code, item.what) for item in found if item.severity == "error" and item.code in {
        "name-impossible", "lower-case-name", "target-table-missing", "target-column-missing",
    }] == [("name-impossible", said)]  # fmt: skip


def test_without_a_target_a_name_may_have_what_the_newest_oracle_takes() -> None:
    rename = transformation(12, "column", ("app", "flight1log", "id"), "rename", value="A" * 128)
    assert _found(include("app", "flight1log"), *UPPER, rename, with_source=False) == []
    longer = rename | {"value": "A" * 129}
    [(severity, code, _)] = _found(include("app", "flight1log"), *UPPER, longer, with_source=False)
    assert (severity, code) == ("error", "name-impossible")


def test_lower_case_names() -> None:
    rule = transformation(12, "column", ("app", "flight1log", "id"), "rename", value="Id")
    assert _found(include("app", "flight1log"), UPPER[0], rule) == [
        ("error", "lower-case-name", "table flight1log would keep lower-case letters on the target"),
        ("error", "lower-case-name", "the column Id would keep lower-case letters on the target"),
    ]


def test_two_columns_of_one_name() -> None:
    rule = transformation(12, "column", ("app", "flight[_]log", "origin%"), "rename", value="ORIGIN")
    found = _found(include("app", "flight[_]log"), *UPPER, rule)
    assert ("error", "projection-impossible", "2 columns become ORIGIN on the target; one name, one column") in found


def test_a_mapping_that_is_none_is_the_only_thing_said_of_it() -> None:
    found = find('{"rules": [{"rule-type": "selction", "rule-id": "7"}]}', source=source(tables=TABLES))
    [finding] = found
    assert (finding.code, finding.rule, finding.file, finding.severity) == (
        "mapping-language",
        "7",
        "mapping.json",
        "error",
    )
    assert "did you mean 'selection'?" in finding.what
