"""Rules that DMS does not follow, or whose result only DMS knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import PIPELINE, changed, find, source
from tests.support.mappings import include, transformation

if TYPE_CHECKING:
    from reverse_sync.preflight import Finding

TABLE = Table(
    "s",
    "t",
    (
        Column("id", "bigint", nullable=False),
        Column("name", "character varying", length=40),
        Column("note", "text"),
        Column("data", "jsonb"),
        Column("price", "numeric", precision=8, scale=2),
        Column("order-no", "character varying", length=10),
        Column("at", "timestamp with time zone"),
    ),
    ("id",),
)
RULES = (
    include("s", "t"),
    transformation(10, "schema", ("s",), "convert-uppercase"),
    transformation(11, "table", ("s", "t"), "convert-uppercase"),
)
EXCEPT = ("lower-case-name",)


def _found(*rules: dict[str, Any], pipeline: Any = PIPELINE) -> list[Finding]:
    found = find(json.dumps({"rules": [*RULES, *rules]}), pipeline, source=source(tables=(TABLE,)))
    return [item for item in found if item.code not in EXCEPT]


def _said(*rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(str(item.severity), item.code, item.what) for item in _found(*rules)]


def _on(column: str, action: str, rule_id: int = 20, **more: Any) -> dict[str, Any]:
    return transformation(rule_id, "column", ("s", "t", column), action, **more)


def _added(expression: str, name: str = "X") -> dict[str, Any]:
    return transformation(
        20, "column", ("s", "t"), "add-column", value=name, expression=expression, data_type={"type": "string"}
    )


def test_lobs_are_dropped_or_left_alone() -> None:
    assert _said(_on("note", "remove-column"), _on("data", "include-column", 21)) == []
    assert _said(_on("note", "convert-uppercase"), _on("data", "add-prefix", 21, value="X")) == [
        ("warning", "lob-transformed", "rules rename columns that travel as LOBs: note (text), data (jsonb)")
    ]
    for rule in (
        _on("data", "change-data-type", data_type={"type": "string", "length": 4000}),
        _on("data", "data-masking-hash-mask"),
    ):
        what = f"rule 20 ({rule['rule-action']} on data) changes data, which is jsonb and travels as a LOB"
        assert _said(rule) == [("error", "lob-transformed", what)]


@pytest.mark.parametrize(
    ("rule", "described"),
    [
        (_on("order-no", "rename", value="ORDER_NO"), "rename ORDER_NO on order-no"),
        (_on("order%", "convert-uppercase"), "convert-uppercase on order%"),
        (_on("order-no", "remove-column"), "remove-column on order-no"),
        (_on("order-no", "data-masking-digits-mask", value="#"), "data-masking-digits-mask # on order-no"),
    ],
)
def test_a_name_with_a_special_character_is_not_transformed(rule: dict[str, Any], described: str) -> None:
    what = f'rule 20 ({described}) does nothing to "order-no", whose name has the special character -'
    assert ("error", "name-not-transformed", what) in _said(rule)


@pytest.mark.parametrize("name", ["a#b", "a\\b", "a/b", "שלום", "سعر"])
def test_other_names_that_dms_does_not_transform(name: str) -> None:
    table = Table("s", "t", (Column("id", "bigint", nullable=False), Column(name, "integer")), ("id",))
    rules = [*RULES, _on("%", "convert-uppercase")]
    found = find(json.dumps({"rules": rules}), source=source(tables=(table,)))
    assert [item.column for item in found if item.code == "name-not-transformed"] == [name]


def test_korean_names_are_transformed() -> None:
    table = Table("s", "t", (Column("id", "bigint", nullable=False), Column("가격_원$", "integer")), ("id",))
    rules = [*RULES, _on("%", "convert-uppercase")]
    assert find(json.dumps({"rules": rules}), source=source(tables=(table,))) == []


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ([_on("price", "data-masking-digits-mask", value="#")], "masks price, which is numeric"),
        ([_on("at", "data-masking-digits-randomize")], "masks at, which is datetime"),
        ([_on("id", "data-masking-digits-randomize")], "masks id, a column of the primary key"),
        (
            [
                _on("price", "change-data-type", 25, data_type={"type": "string"}),
                _on("price", "data-masking-digits-mask", value="#"),
            ],
            "masks price, which is numeric",
        ),
    ],
)
def test_a_mask_where_it_does_not_work(rules: list[dict[str, Any]], what: str) -> None:
    found = [item.what for item in _found(*rules) if item.code == "mask-misplaced"]
    assert [said.partition(") ")[2] for said in found] == [what]


def test_a_mask_where_it_works() -> None:
    typed = _on("price", "change-data-type", 15, data_type={"type": "string", "length": 64})
    hashed = _on("price", "data-masking-hash-mask", 16)
    assert _said(typed, hashed, _on("name", "data-masking-digits-mask", value="*")) == []


def test_two_masks_collide_and_a_mask_beside_a_change_of_type_does_not() -> None:
    found = _said(_on("name", "data-masking-hash-mask"), _on("name", "data-masking-digits-mask", 21, value="#"))
    assert [(severity, code) for severity, code, _ in found] == [("error", "rules-collide")]


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (_added("datetime()"), "only DMS knows what X holds: it comes from datetime()"),
        (_added("$AR_H_TIMESTAMP"), "only DMS knows what X holds: it comes from $AR_H_TIMESTAMP"),
        (
            _on("name", "data-masking-digits-randomize"),
            "only DMS knows what name holds: it comes from data-masking-digits-randomize",
        ),
    ],
)
def test_what_only_dms_knows_is_said(rule: dict[str, Any], what: str) -> None:
    assert [(str(i.severity), i.what) for i in _found(rule) if i.code == "known-only-to-dms"] == [("note", what)]


def test_functions_that_the_page_does_not_list() -> None:
    assert _said(_added("quote($name) || printf('%d', $id)")) == [
        (
            "warning",
            "undocumented-function",
            "printf and quote: a function of SQLite that AWS does not list for expressions",
        )
    ]
    assert (
        _said(_added("CASE WHEN upper($name) LIKE 'x%' THEN replaceChars($name, 'x', 'y') ELSE CAST($id AS TEXT) END"))
        == []
    )


def test_an_added_column_that_the_table_has_already() -> None:
    assert ("error", "added-column-exists", "rule 20 adds name, which s.t has already") in _said(
        _added("1", "name"), _on("name", "convert-uppercase", 21)
    )


def test_a_key_of_an_unknown_column() -> None:
    def defined(*columns: str) -> dict[str, Any]:
        return transformation(
            20, "table", ("s", "t"), "define-primary-key", primary_key_def={"name": "K", "columns": [*columns]}
        )

    assert [code for _, code, _ in _said(defined("id", "order-no"))] == ["rule-without-effect"]
    assert ("error", "defined-key-column", "the key of rule 20 names orderno: no such column in s.t") in _said(
        defined("id", "orderno")
    )


def _validation(column: str) -> dict[str, Any]:
    return {
        "rule-type": "validation", "rule-id": "5", "rule-name": "5", "rule-target": "column",
        "object-locator": {"schema-name": "s", "table-name": "t", "column-name": column},
        "rule-action": "override-validation-function", "source-function": "rtrim(${column-name})",
    }  # fmt: skip


def test_validation_rules() -> None:
    assert _said(_validation("name")) == [
        ("note", "rule-without-effect", "rule-type validation has no effect (rule 5)")
    ]
    validated = changed("dms.task", validation=True)
    assert _found(_validation("name"), pipeline=validated) == []
    [found] = _found(_validation("%"), pipeline=validated)
    assert (found.code, found.what) == (
        "validation-of-a-key", "rule 5 overrides the validation of id, which is part of a primary key",
    )  # fmt: skip
    assert ("error", "rule-without-object", "nme: no such column in s.t; did you mean name?") in _said(
        _validation("nme")
    )


def test_rules_without_effect() -> None:
    ordered = {**include("s", "t"), "rule-id": "2", "rule-name": "2", "load-order": 3}
    tablespace = transformation(20, "table-tablespace", ("s", "t"), "rename", value="USERS2")
    tablespace["object-locator"]["table-tablespace-name"] = "USERS"
    loaded = {
        "rule-type": "table-settings", "rule-id": "21", "rule-name": "21",
        "object-locator": {"schema-name": "s", "table-name": "t"}, "parallel-load": {"type": "partitions-auto"},
    }  # fmt: skip
    found = [what for _, code, what in _said(ordered, tablespace, loaded) if code == "rule-without-effect"]
    assert found == [
        "load-order has no effect (rule 2)",
        "parallel-load has no effect (rule 21)",
        "a tablespace has no effect (rule 20)",
    ]


@pytest.mark.parametrize(
    ("rename_id", "severity", "applies"),
    [(5, "warning", "rule 5 (rename NAME2 on name)"), (30, "error", "rule 20 (convert-uppercase on %)")],
)
def test_a_wildcard_and_a_rename_of_one_column(rename_id: int, severity: str, applies: str) -> None:
    found = _found(_on("%", "convert-uppercase"), _on("name", "rename", rename_id, value="NAME2"))
    [collision] = [item for item in found if item.code == "rules-collide"]
    assert (str(collision.severity), applies + " applies" in collision.what) == (severity, True)


def test_two_exact_rules_or_an_include_column_collide_whatever_their_ids() -> None:
    both = (_on("name", "rename", 5, value="N"), _on("name", "convert-uppercase", 6))
    included = (_on("id", "include-column", 5), _on("%", "convert-uppercase", 6))
    for rules in (both, included):
        [collision] = [item for item in _found(*rules) if item.code == "rules-collide"]
        assert str(collision.severity) == "error"


def test_a_rename_on_one_table_beside_one_on_all_tables() -> None:
    found = _found(
        _on("name", "rename", 5, value="N"), transformation(6, "column", ("s", "%", "name"), "convert-uppercase")
    )
    assert [str(item.severity) for item in found if item.code == "rules-collide"] == ["warning"]


def test_a_rule_that_has_no_room_for_each_value_is_named() -> None:
    assert _said(
        _on("price", "change-data-type", data_type={"type": "numeric", "precision": 8, "scale": 1}),
        _on("name", "change-data-type", 21, data_type={"type": "string", "length": 40}),
    ) == [
        (
            "warning",
            "rule-lacks-room",
            "price is carried by rule 20, but the rule's numeric(8,1) has no room for every numeric(8,2)",
        )
    ]
    in_key = _on("id", "change-data-type", data_type={"type": "numeric", "precision": 9})
    assert ("error", "rule-lacks-room") in [(severity, code) for severity, code, _ in _said(in_key)]
