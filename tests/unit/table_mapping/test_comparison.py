"""Two documents compared: which rules differ, and in what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reverse_sync.table_mapping import rule_differences
from tests.support.mappings import SHIPPED_MAPPING, include, transformation


def _said(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> list[str]:
    differences = rule_differences(json.dumps({"rules": found}), json.dumps({"rules": wanted}))
    return [difference.said("AWS", "m.json") for difference in differences]


UPPER = transformation(2, "column", ("s", "t", "a"), "convert-uppercase")
RENAME = transformation(3, "column", ("s", "t", "b"), "rename", value="B")
TYPED = transformation(4, "column", ("s", "t", "c"), "change-data-type", data_type={"type": "string", "length": 5})


def test_rules_added_removed_and_changed_are_named() -> None:
    assert _said([include(), UPPER, RENAME], [include(), {**RENAME, "value": "BB"}, TYPED]) == [
        'rule 3 (rename BB on s.t.b): value is "B" in AWS, "BB" in m.json',
        "rule 2 (convert-uppercase on s.t.a) is only in AWS",
        "rule 4 (change-data-type on s.t.c) is only in m.json",
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            TYPED,
            {**TYPED, "data-type": {"type": "string", "length": 6}},
            'rule 4 (change-data-type on s.t.c): data-type.length is "5" in AWS, "6" in m.json',
        ),
        (
            RENAME,
            {**RENAME, "object-locator": {**RENAME["object-locator"], "table-name": "u"}},
            'rule 3 (rename B on s.u.b): object-locator.table-name is "t" in AWS, "u" in m.json',
        ),
        (
            RENAME,
            {**RENAME, "old-value": "x"},
            'rule 3 (rename B on s.t.b): old-value is not given in AWS, "x" in m.json',
        ),
    ],
)
def test_what_differs_within_a_rule(before: dict[str, Any], after: dict[str, Any], said: str) -> None:
    assert _said([before], [after]) == [said]


def test_order_layout_and_keys_that_say_nothing_are_no_difference() -> None:
    before = [{**include(filters=None), "load-order": "1"}, {**RENAME, "rule-id": 3, "old-value": None}, TYPED]
    typed = {**TYPED, "data-type": {"type": "string", "length": "5", "scale": ""}}
    after = [typed, {**include(filters=[]), "load-order": 1}, RENAME]
    assert _said(before, after) == []
    text = SHIPPED_MAPPING.read_text()
    assert rule_differences(json.dumps(json.loads(text), indent=8), text) == []


def test_filters_differ_by_their_conditions() -> None:
    def filtered(value: str) -> dict[str, Any]:
        conditions = [{"filter-operator": "gte", "value": value}]
        return include(filters=[{"filter-type": "source", "column-name": "id", "filter-conditions": conditions}])

    [said] = _said([filtered("5")], [filtered("6")])
    assert said.startswith("rule 1 (include on test.%): filters is [{")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rules": 1}', '{"rules": [1]}', '{"rules": [{}]}'])
def test_a_text_that_is_no_document(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a table mapping: "):
        rule_differences(text, '{"rules": []}')
