"""Whatever stands in a mapping file: findings, never an exception, and soon.

`REVERSE_SYNC_MAPPINGS=10000 pytest tests/unit/preflight/test_robustness.py` is the long form.
"""

from __future__ import annotations

import copy
import json
import os
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reverse_sync.preflight import Finding
from tests.support.cutovers import TRIGGER, find, source, target
from tests.support.mappings import FLIGHTSPECIAL, SEED_MAPPING, SHIPPED_MAPPING

DOCUMENTS = int(os.environ.get("REVERSE_SYNC_MAPPINGS", "600"))
SECONDS = 1.0
BASES = [json.loads(path.read_text()) for path in (SEED_MAPPING, SHIPPED_MAPPING)]

ROW = {column.name: None for column in FLIGHTSPECIAL.columns} | {"id": 1, "header": "한글", "cost": 3}

often = settings(
    max_examples=DOCUMENTS // 3, deadline=None, suppress_health_check=list(HealthCheck), database=None
)  # fmt: skip

names = st.sampled_from(
    [
        "travelbuddy",
        "flightspecial",
        "%",
        "_",
        "[",
        "[a-z]%",
        "expiry_date",
        "EXPIRYDATE",
        "",
        "한국",
        "%_%_%",
        "id\x00",
    ]
)
expressions = st.sampled_from(
    ["$id", "$nope", "1/0", "zeroblob(1e9)", "(SELECT 1 UNION SELECT 2)", "'", "$id; DROP", "abs(-9223372036854775808)"]
) | st.text(alphabet="$ido'\"()+-*/, ", max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | names | expressions
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | names, inner, max_size=3), max_leaves=8
)  # fmt: skip
words = st.sampled_from(
    [
        "selection", "transformation", "table-settings", "include", "exclude", "explicit", "schema", "table", "column",
        "rename", "remove-column", "include-column", "add-column", "change-data-type", "convert-uppercase", "add-prefix",
        "replace-suffix", "define-primary-key", "int8", "string", "between", "null", "source",
    ]
)  # fmt: skip
keys = st.sampled_from(
    [
        "rule-type", "rule-id", "rule-name", "rule-target", "rule-action", "object-locator", "schema-name", "table-name",
        "column-name", "value", "old-value", "expression", "data-type", "filters", "type", "rules",
    ]
)  # fmt: skip


actions = st.sampled_from(
    [
        ("schema", "rename"), ("schema", "convert-lowercase"), ("table", "add-prefix"), ("table", "convert-uppercase"),
        ("column", "rename"), ("column", "remove-column"), ("column", "include-column"), ("column", "change-data-type"),
        ("column", "add-column"), ("column", "replace-prefix"), ("column", "remove-suffix"),
    ]
)  # fmt: skip
types = st.sampled_from(["int8", "numeric", "string", "datetime", "date", "boolean", "bytes", "blob", "real8"])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A real mapping with some of its places changed, doubled or gone."""
    document = copy.deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 5))):
        _mutate(draw, document["rules"], draw(st.integers(0, len(document["rules"]) - 1)))
    return json.dumps(document)


def _mutate(draw: st.DrawFn, rules: list[dict[str, Any]], number: int) -> None:
    rule = rules[number]
    locator = rule.get("object-locator")
    place = locator if isinstance(locator, dict) and draw(st.booleans()) else rule
    match draw(st.sampled_from(["drop", "value", "word", "name", "double", "again"])):
        case "drop":
            place.pop(draw(keys), None)
        case "value":
            place[draw(keys)] = draw(values)
        case "word":
            place[draw(keys)] = draw(words)
        case "name":
            place[draw(keys)] = draw(names)
        case "double":
            rules.append(copy.deepcopy(rule))
        case "again":
            rules.append({**rule, "rule-id": str(draw(st.integers(1, 99))), "rule-name": draw(names)})


@st.composite
def added(draw: st.DrawFn) -> str:
    """A mapping that keeps to the language, with rules that nobody would write."""
    document = copy.deepcopy(draw(st.sampled_from(BASES)))
    for number in range(draw(st.integers(1, 4))):
        target_kind, action = draw(actions)
        document["rules"].append(
            {
                "rule-type": "transformation",
                "rule-id": str(draw(st.integers(100, 10**9)) + number),
                "rule-name": f"added{number}",
                "rule-target": target_kind,
                "object-locator": {
                    "schema-name": draw(st.just("travelbuddy") | names),
                    "table-name": draw(st.just("flightspecial") | names),
                    "column-name": draw(names),
                },
                "rule-action": action,
                "value": draw(names),
                "old-value": draw(names),
                "expression": draw(expressions),
                "data-type": {"type": draw(types)},
            }
        )
    return json.dumps(document)


def _look(text: str) -> None:
    started = time.process_time()
    found = find(
        text,
        source=source(row=lambda _table, _key: ROW),
        target=target(triggers=(TRIGGER,), row=lambda _table, columns, _key: dict.fromkeys(columns)),
    )
    assert time.process_time() - started < SECONDS
    assert all(isinstance(item, Finding) and item.what and item.do for item in found)
    assert not [item for item in found if item.blind], text


@often
@given(mutated())
def test_mutated_mappings(text: str) -> None:
    _look(text)


@often
@given(added())
def test_strange_rules(text: str) -> None:
    _look(text)


@often
@given(values.map(json.dumps) | st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_texts_that_are_no_mapping(text: str) -> None:
    _look(text)
