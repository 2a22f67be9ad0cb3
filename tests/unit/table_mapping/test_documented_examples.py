"""The examples of the AWS documentation, each as its page gives it."""

from __future__ import annotations

import pytest

from tests.support.mappings import include, mapping, table, transformation


def _exclude(schema: str, name: str) -> dict[str, object]:
    return {**include(schema, name), "rule-id": "2", "rule-name": "Exclude", "rule-action": "exclude"}


@pytest.mark.parametrize(
    ("rules", "schema", "name", "selected"),
    [
        pytest.param([include("Test")], "Test", "anything", True, id="all tables of a schema"),
        pytest.param([include("Test")], "test", "anything", False, id="case counts"),
        pytest.param([include("Test"), _exclude("Test", "DMS%")], "Test", "DMS_LOG", False, id="all but DMS%: DMS_LOG"),
        pytest.param([include("Test"), _exclude("Test", "DMS%")], "Test", "ORDERS", True, id="all but DMS%: ORDERS"),
        pytest.param([_exclude("Test", "DMS%"), include("Test")], "Test", "DMS_LOG", False, id="exclude first"),
        pytest.param(
            [include("NewCust", "Customer", **{"rule-action": "explicit"})], "NewCust", "Customer", True, id="explicit"
        ),
        pytest.param(
            [include("New_ust", "Customer", **{"rule-action": "explicit"})], "NewCust", "Customer", False,
            id="explicit knows no wildcard",
        ),
        pytest.param([include("Test", "loadfirst", **{"load-order": "2"})], "Test", "loadfirst", True, id="load order"),
    ],
)  # fmt: skip
def test_selection_rules(rules: list[dict[str, object]], schema: str, name: str, selected: bool) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html
    assert mapping(*rules).selects(schema, name) is selected


def test_views_are_not_tables() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html
    # "AWS DMS loads views only in a full-load task".
    rule = include("Test", "%")
    rule["object-locator"]["table-type"] = "view"
    assert not mapping(rule).selects("Test", "view_DMS1")
    rule["object-locator"]["table-type"] = "all"
    assert mapping(rule).selects("Test", "view_DMS1")


@pytest.mark.parametrize(
    ("pattern", "name", "matched"),
    [
        ("%", "", True),
        ("a%c", "abbbc", True),
        ("a_c", "abc", True),
        ("a_c", "abbc", False),
        ("TEST[_]T%", "TEST_TABLE", True),
        ("TEST[_]T%", "TESTXTABLE", False),
        ("[ab]x", "bx", True),
        ("[a-d]x", "dx", True),
        ("[a-d]x", "ex", False),
        ("[!a]x", "!x", True),
        ("[!a]x", "bx", False),
        ("a*c?", "a*c?", True),
        ("a*c?", "abbcd", False),
        ("[", "[", True),
        ("[]%", "[]x", True),
        ("한국%", "한국어", True),
    ],
)
def test_wildcards(pattern: str, name: str, matched: bool) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
    assert mapping(include("s", pattern)).selects("s", name) is matched


@pytest.mark.parametrize(
    ("target", "locator", "action", "more", "found"),
    [
        ("schema", ("test",), "rename", {"value": "Test1"}, "Test1.Actor"),
        ("table", ("test", "Actor"), "rename", {"value": "Actor1"}, "test.Actor1"),
        ("table", ("test", "Actor"), "convert-lowercase", {}, "test.actor"),
        ("table", ("test", "Actor"), "convert-uppercase", {}, "test.ACTOR"),
        ("table", ("test", "%"), "add-prefix", {"value": "DMS_"}, "test.DMS_Actor"),
        ("table", ("test", "%"), "remove-prefix", {"value": "Ac"}, "test.tor"),
        ("table", ("test", "%"), "add-suffix", {"value": "_DMS"}, "test.Actor_DMS"),
        ("table", ("test", "%"), "remove-suffix", {"value": "tor"}, "test.Ac"),
        ("table", ("test", "%"), "remove-suffix", {"value": "_DMS"}, "test.Actor"),
        ("table", ("test", "%"), "replace-suffix", {"value": "x", "old_value": "tor"}, "test.Acx"),
        ("table", ("other", "Actor"), "rename", {"value": "X"}, "test.Actor"),
    ],
)
def test_names_of_schema_and_table(
    target: str, locator: tuple[str, ...], action: str, more: dict[str, str], found: str
) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # examples "Rename a schema" to "Remove a suffix".
    projection = mapping(include(), transformation(2, target, locator, action, **more)).project(table("Actor", "id"))
    assert projection
    assert f"{projection.schema}.{projection.table}" == found


@pytest.mark.parametrize(
    ("rule", "columns"),
    [
        pytest.param(
            transformation(2, "column", ("test", "Actor", "first_name"), "rename", value="fname"),
            ["fname", "col_a", "col_b", "Pre_x"], id="Rename a column",
        ),
        pytest.param(
            transformation(2, "column", ("test", "Actor", "col%"), "remove-column"),
            ["first_name", "Pre_x"], id="Remove a column",
        ),
        pytest.param(
            transformation(2, "column", ("%", "%", "%"), "convert-uppercase"),
            ["FIRST_NAME", "COL_A", "COL_B", "PRE_X"], id="Convert to uppercase",
        ),
        pytest.param(
            transformation(2, "column", ("%", "%", "%"), "replace-prefix", value="NewPre_", old_value="Pre_"),
            ["first_name", "col_a", "col_b", "NewPre_x"], id="Replace a prefix",
        ),
        pytest.param(
            transformation(2, "column", ("test", "Actor", "%_name"), "include-column"),
            ["first_name"], id="include-column keeps only what it names",
        ),
        pytest.param(
            transformation(
                2, "column", ("test", "Actor"), "add-column",
                value="last_updated", data_type={"type": "datetime", "precision": 6},
            ),
            ["first_name", "col_a", "col_b", "Pre_x", "last_updated"], id="Add a column",
        ),
        pytest.param(
            transformation(
                2, "table", ("test", "Actor"), "define-primary-key",
                primary_key_def={"name": "ITEM-unique-idx", "origin": "unique-index", "columns": ["first_name"]},
            ),
            ["first_name", "col_a", "col_b", "Pre_x"], id="Define a unique index",
        ),
        pytest.param(
            transformation(
                2, "column", ("test", "Actor", "first_name"), "data-masking-digits-mask", value="#",
            ),
            ["first_name", "col_a", "col_b", "Pre_x"], id="Masking numbers in column data",
        ),
    ],
)  # fmt: skip
def test_columns(rule: dict[str, object], columns: list[str]) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # the examples of the ids' names.
    projection = mapping(include(), rule).project(table("Actor", "first_name", "col_a", "col_b", "Pre_x"))
    assert projection
    assert [column.name for column in projection.columns] == columns


def test_change_data_type() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # "Change data type of target column".
    rule = transformation(
        2, "column", ("test", "dms", "SALE_AMOUNT"), "change-data-type", data_type={"type": "int8"}
    )  # fmt: skip
    projection = mapping(include(), rule).project(table("dms", "SALE_AMOUNT:character varying"))
    assert projection
    assert projection.transform({"SALE_AMOUNT": "12"}) == {"SALE_AMOUNT": 12}
    with pytest.raises(ValueError, match=r"'12\.5' is not a whole number"):
        projection.transform({"SALE_AMOUNT": "12.5"})


def test_a_rule_narrowed_to_a_data_type_leaves_other_columns_alone() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # object-locator: `data-type`, "the name of an existing column data type".
    rule = transformation(2, "column", ("test", "t", "%"), "convert-uppercase")
    rule["object-locator"]["data-type"] = "int8"
    projection = mapping(include(), rule).project(table("t", "a:bigint", "b:text"))
    assert projection
    assert [column.name for column in projection.columns] == ["A", "b"]


def test_an_expression_joins_columns() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html
    # "Adding a column using an expression".
    rule = transformation(
        2, "column", ("Test", "ITEM"), "add-column",
        value="FULL_NAME", expression="$FIRST_NAME||'_'||$LAST_NAME", data_type={"type": "string", "length": 50},
    )  # fmt: skip
    projection = mapping(include("Test"), rule).project(table("ITEM", "FIRST_NAME", "LAST_NAME", schema="Test"))
    assert projection
    assert projection.transform({"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})["FULL_NAME"] == "Ada_Lovelace"


def test_the_lower_rule_id_wins_as_a_number() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # value `rule-id`: of several rules for one object the one with the lower rule-id applies.
    rename = transformation(9, "column", ("test", "Actor", "first_name"), "rename", value="fname")
    upper = transformation(10, "column", ("test", "Actor", "%"), "convert-uppercase")
    for rules in ((rename, upper), (upper, rename)):
        projection = mapping(include(), *rules).project(table("Actor", "first_name", "last_name"))
        assert projection
        assert [column.name for column in projection.columns] == ["fname", "LAST_NAME"]


def test_rules_for_schema_table_and_column_act_on_different_objects() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # Limitations: several actions are allowed "as long as each is applied against a different object".
    found = mapping(
        include(),
        transformation(2, "schema", ("test",), "convert-uppercase"),
        transformation(3, "table", ("test", "actor"), "convert-uppercase"),
        transformation(4, "column", ("test", "actor", "%"), "convert-uppercase"),
    ).project(table("actor", "id", key=("id",)))
    assert found
    assert (found.schema, found.table, found.columns[0].name, found.primary_key) == ("TEST", "ACTOR", "ID", ("ID",))


def test_a_table_that_no_rule_includes_has_no_projection() -> None:
    assert mapping(include("test", "%")).project(table("x", "a", schema="other")) is None
