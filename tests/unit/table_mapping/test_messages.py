"""What is wrong is said in this project's words, whatever stands where something else should."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverse_sync.table_mapping import MappingError, TableMapping
from tests.support.mappings import include, mapping, transformation

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES: list[dict[str, Any]] = [
    include(
        filters=[
            {
                "filter-type": "source",
                "column-name": "a",
                "filter-conditions": [{"filter-operator": "eq", "value": "1"}],
            }
        ],
        **{"load-order": "1"},
    ),
    transformation(2, "column", ("test", "t", "a"), "change-data-type", data_type={"type": "string", "length": 4}),
    transformation(3, "table", ("test", "t"), "define-primary-key", primary_key_def={"name": "k", "columns": ["a"]}),
    {
        "rule-type": "table-settings",
        "rule-id": "4",
        "rule-name": "4",
        "object-locator": {"schema-name": "test", "table-name": "t"},
        "parallel-load": {"type": "ranges", "columns": ["a"], "boundaries": [["1"]]},
        "lob-settings": {"mode": "limited", "bulk-max-size": 1},
    },
    {
        "rule-type": "validation",
        "rule-id": "5",
        "rule-name": "5",
        "rule-target": "column",
        "object-locator": {"schema-name": "test", "table-name": "t", "column-name": "a"},
        "rule-action": "override-validation-function",
        "source-function": "upper(${column-name})",
    },
]
PYDANTICS_WORDS = re.compile(
    r"input should|should be a valid|instance of|dictionary|tuple|NoneType|validat\w+ error|unable to|\bmodel\b",
    re.IGNORECASE,
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.just(10**400), st.floats(allow_nan=False), st.text(max_size=3),
    st.just([]), st.just([[]]), st.just({}), st.just([{}]), st.just({"a": 1}),
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from _paths(item, (*path, key))


@given(st.sampled_from([*_paths({"rules": RULES})]), VALUES)
def test_no_message_speaks_of_the_library_that_found_the_fault(path: tuple[Any, ...], value: Any) -> None:
    document = json.loads(json.dumps({"rules": RULES}))
    if path:
        inside = document
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = value
    else:
        document = value
    try:
        TableMapping.parse(json.dumps(document), "m.json")
    except MappingError as error:
        for problem in error.problems:
            assert not PYDANTICS_WORDS.search(problem.message), problem.message


def test_the_rules_that_the_fuzz_changes_are_sound() -> None:
    assert len(mapping(*RULES).rules) == len(RULES)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is []: it needs an object, {...}"),
        ({"rules": {}}, "rules is {}: it needs a list, [...]"),
        ({"rules": [None]}, "rule number 1 in the list: the rule is null: it needs an object, {...}"),
        (RULES[0], 'rule 1: a rule stands by itself; put it into the list of rules: {"rules": [...]}'),
        ({"rules": [{**RULES[1], "filters": []}]}, "rule 2: unknown key filters; it belongs elsewhere"),
        (
            {"rules": [{**RULES[1], "rule-type": "object-mapping"}]},
            "rule 2: rule-type object-mapping is not for Oracle as the target: it maps tables to Kafka",
        ),
        ({"rules": [{**RULES[1], "object-locator": "t"}]}, 'object-locator is "t": it needs an object, {...}'),
        ({"rules": [{**RULES[1], "value": 5}]}, "value is 5: it needs a text"),
        ({"rules": [{**RULES[1], "data-type": {"type": "string", "length": "x"}}]}, "it needs a whole number"),
        ({"rules": [{**RULES[1], "data-type": {"type": "string", "length": -1}}]}, "it must be at least 0"),
        ({"rules": [{**RULES[1], "rule-name": ""}]}, 'rule-name is "": it may not be empty'),
    ],
)
def test_what_a_value_has_to_be(document: Any, said: str) -> None:
    with pytest.raises(MappingError) as error:
        TableMapping.parse(json.dumps(document), "m.json")
    assert said in str(error.value)


def test_a_key_that_stands_twice_with_one_value_does_no_harm() -> None:
    text = json.dumps({"rules": [include()]})
    twice = text.replace('"rule-action": "include"', '"rule-action": "include", "rule-action": "include"')
    assert TableMapping.parse(twice, "m.json").selects("test", "t")
    with pytest.raises(MappingError, match="rule-action stands 2 times in one object, with different values"):
        TableMapping.parse(text.replace('"rule-action":', '"rule-action": "exclude", "rule-action":'), "m.json")


@pytest.mark.parametrize(
    ("type_name", "meant"),
    [("VARCHAR2", "string"), ("NUMBER", "numeric"), ("timestamp", "datetime"), ("bigint", "int8"), ("bool", "boolean")],
)
def test_a_database_s_name_of_a_type_is_told_dms_s(type_name: str, meant: str) -> None:
    rule = transformation(2, "column", ("test", "t", "a"), "change-data-type", data_type={"type": type_name})
    with pytest.raises(MappingError, match=f"; did you mean '{meant}'"):
        mapping(include(), rule)


def test_a_column_without_its_dollar_is_told_so() -> None:
    added = {"value": "X", "expression": "a || 'x'", "data_type": {"type": "string"}}
    with pytest.raises(MappingError, match=r"no such column: a; a column of the source is \$a there"):
        mapping(include(), transformation(2, "column", ("test", "t"), "add-column", **added))
