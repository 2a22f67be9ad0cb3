"""What is wrong with a document is said rule by rule, all of it at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reverse_sync.table_mapping import MappingError, TableMapping
from tests.support.mappings import include, mapping, transformation


def _problems(*rules: Any) -> list[tuple[str, str]]:
    with pytest.raises(MappingError) as error:
        mapping(*rules)
    return [(problem.code, str(problem)) for problem in error.value.problems]


def _without(rule: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != key}


def _filter(condition: dict[str, str]) -> dict[str, Any]:
    return {"filter-type": "source", "column-name": "a", "filter-conditions": [condition]}


RENAME = transformation(5, "column", ("test", "t", "a"), "rename", value="A")
ADD = transformation(5, "column", ("test", "t"), "add-column", value="A", data_type={"type": "int8"})


@pytest.mark.parametrize(
    ("rule", "code", "message"),
    [
        (_without(RENAME, "rule-action"), "missing-key", "rule 5: the key rule-action is missing"),
        (_without(RENAME, "value"), "missing-key", "rule 5: rule-action rename needs the key value"),
        (
            {**RENAME, "object-locator": {"schema-name": "test", "table-name": "t"}},
            "missing-key",
            "rule 5: rule-target column needs the key object-locator.column-name",
        ),
        (
            {**RENAME, "object-locater": {}},
            "unknown-key",
            "rule 5: unknown key object-locater; did you mean 'object-locator'?",
        ),
        (
            {**RENAME, "rule-target": "colum"},
            "bad-value",
            "allowed: schema, table, column, table-tablespace, index-tablespace; did you mean 'column'?",
        ),
        (
            {**RENAME, "rule-type": "transform"},
            "bad-value",
            "allowed: selection, transformation, table-settings, validation; did you mean 'transformation'?",
        ),
        (_without(RENAME, "rule-type"), "missing-key", "rule 5: the key rule-type is missing"),
        (
            {**RENAME, "rule-id": "five"},
            "bad-value",
            'rule five: rule-id is "five"; allowed: a number of at most 18 digits, for instance "10"',
        ),
        (
            _without(RENAME, "rule-id"),
            "missing-key",
            "rule number 2 in the list: the key rule-id is missing",
        ),
        (
            {**RENAME, "rule-action": "add-before-image-columns"},
            "unsupported-action",
            "rule 5: before images (rule-action add-before-image-columns with before-image-def) are for Kinesis and Kafka",
        ),
        (
            {**ADD, "rule-target": "table"},
            "bad-value",
            "rule 5: rule-action add-column needs rule-target column, not table",
        ),
        (
            {**ADD, "data-type": {"type": "int88"}},
            "bad-value",
            "did you mean 'int8'?",
        ),
        ({**ADD, "expression": ""}, "bad-value", 'rule 5: expression is "": it may not be empty'),
        (
            {**ADD, "expression": "upper($a"},
            "bad-expression",
            'rule 5: expression "upper($a" is not one that SQLite can evaluate: incomplete input',
        ),
        (
            {**ADD, "expression": "$a, $b"},
            "bad-expression",
            "is not one that SQLite can evaluate",
        ),
        (
            {**ADD, "expression": "'at 5:30' || :a"},
            "bad-expression",
            "names :a; a column is $a there",
        ),
        (
            {**ADD, "expression": "$a::text || 'x'"},
            "bad-expression",
            "SQLite takes all of $a::text for a name, for it has no cast by ::; write CAST($a AS ...)",
        ),
        (
            {**ADD, "expression": "operation_indicator('D', 'U', 'I')"},
            "unsupported-action",
            "rule 5: operation_indicator keeps rows in the target that the source has deleted",
        ),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_named_with_its_key(rule: dict[str, Any], code: str, message: str) -> None:
    [(found, text)] = _problems(include(), rule)
    assert (found, message in text) == (code, True), text


@pytest.mark.parametrize(
    ("filters", "action", "message"),
    [
        ([{"filter-type": "source", "column-name": "a"}], "include", "the key filters.0.filter-conditions is missing"),
        (
            [_filter({"filter-operator": "gt", "value": "1"})],
            "include",
            'filters.0.filter-conditions.0.filter-operator is "gt"; allowed: lte, ste, gte, eq, noteq,',
        ),
        (
            [_filter({"filter-operator": "between", "value": "1"})],
            "include",
            "filter-operator between needs the key start-value",
        ),
        (
            [_filter({"filter-operator": "null"})],
            "exclude",
            "filters apply to rule-action include only, not to exclude",
        ),
    ],
)  # fmt: skip
def test_a_faulty_filter_is_named(filters: list[Any], action: str, message: str) -> None:
    [(_, text)] = _problems(include(filters=filters, **{"rule-action": action}))
    assert message in text


def test_explicit_takes_no_wildcard() -> None:
    [(code, text)] = _problems(include("test", "fl%", **{"rule-action": "explicit"}))
    assert (code, text) == ("bad-value", "rule 1: rule-action explicit takes exact names, no wildcard")


def test_all_faults_are_listed_at_once() -> None:
    found = _problems(include(), {**RENAME, "rule-action": "renam"}, {**ADD, "rule-id": "x"}, "text")
    assert [code for code, _ in found] == ["bad-value", "bad-value", "bad-value"]


def test_ids_and_names_are_unique() -> None:
    assert _problems(include(), {**RENAME, "rule-id": "1", "rule-name": "Select"}) == [
        ("duplicate-rule-id", "rule 1: rule-id '1' is used by 2 rules; each needs its own"),
        ("duplicate-rule-name", "rule-name 'Select' is used by 2 rules; each needs its own"),
    ]


@pytest.mark.parametrize("rules", [[], [RENAME], [include(**{"rule-action": "exclude"})]])
def test_something_must_be_selected(rules: list[Any]) -> None:
    assert _problems(*rules) == [
        ("no-selection", 'no selection rule includes a table; add one with "rule-action": "include"')
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "m.json: not JSON: Expecting value at line 1 column 1"),
        ('{"rules": [}', "m.json: not JSON: Expecting value at line 1 column 12"),
        ("[" * 100_000, "m.json: not JSON that can be read: nested too deeply"),
        ("9" * 5000, "m.json: not JSON that can be read: a number has thousands of digits"),
        ("\ufeff{}", "m.json: not JSON that DMS reads: it begins with a byte order mark; save it as UTF-8 without one"),
        ("[]", "m.json: the document is []"),
        ("{}", "m.json: the key rules is missing"),
        ('{"rules": [], "rules": [1]}', "m.json: the key rules stands 2 times in one object, with different values"),
        ('{"rules": {}}', "m.json: rules is {}"),
        ('{"rules": [{"rule-id": "7", "rule-id": "8"}]}', "m.json: rule 8: the key rule-id stands 2 times"),
    ],
)
def test_a_text_that_is_no_mapping(text: str, message: str) -> None:
    with pytest.raises(MappingError) as error:
        TableMapping.parse(text, "m.json")
    assert message in str(error.value)


def test_null_means_absent_and_numbers_serve_as_ids() -> None:
    found = mapping(
        {**include(filters=None), "load-order": 1},
        {**RENAME, "rule-id": 7, "old-value": None, "expression": None},
        {
            "rule-type": "table-settings",
            "rule-id": "8",
            "rule-name": "Settings",
            "object-locator": {"schema-name": "test", "table-name": "t"},
            "lob-settings": {"mode": "limited", "bulk-max-size": "100000"},
        },
    )
    assert [rule.rule_id for rule in found.transformations] == [7]


def test_the_message_names_the_file_on_every_line() -> None:
    with pytest.raises(MappingError) as error:
        TableMapping.parse(json.dumps({"rules": [{**RENAME, "rule-action": 1, "rule-target": 2}]}), "include/m.json")
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == ["include/m.json"] * 2
