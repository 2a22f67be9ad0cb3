"""The samples of AWS's guide beyond names and columns: settings, masks, validation, expressions; with the page's values."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.table_mapping import MappingError
from tests.support.mappings import include, mapping, table, transformation

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Projection

PASSPORT = ("cust_schema", "customer_master", "cust_passport_no")


def _settings(**more: Any) -> dict[str, Any]:
    return {
        "rule-type": "table-settings",
        "rule-id": "2",
        "rule-name": "2",
        "object-locator": {"schema-name": "HR", "table-name": "SALES"},
        **{key.replace("_", "-"): value for key, value in more.items()},
    }


def _refusal(*rules: dict[str, Any]) -> str:
    with pytest.raises(MappingError) as error:
        mapping(*rules)
    return str(error.value)


def _customers(*rules: dict[str, Any]) -> Projection:
    columns = table("customer_master", "id:bigint", "cust_passport_no", schema="cust_schema", key=("id",))
    projection = mapping(include("cust_schema", "%"), *rules).project(columns)
    assert projection
    return projection


@pytest.mark.parametrize(
    "settings",
    [
        {"parallel_load": {"type": "partitions-auto"}},
        {"parallel_load": {"type": "subpartitions-auto"}},
        {"parallel_load": {"type": "partitions-list", "partitions": ["ABCD"], "subpartitions": ["01234", "56789"]}},
        {
            "parallel_load": {
                "type": "ranges",
                "columns": ["SALES_NO", "REGION"],
                "boundaries": [["1000", "NORTH"], ["3000", "WEST"]],
            }
        },
        {"lob_settings": {"bulk-max-size": "100000"}},
        {"lob_settings": {"mode": "unlimited", "bulk-max-size": "0"}},
        {"lob_settings": {"mode": "none", "bulk-max-size": "100000"}},
    ],
)
def test_table_settings(settings: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Tablesettings.html
    # "Table-settings examples".
    [rule] = mapping(include("%"), _settings(**settings)).settings
    assert (rule.rule_id, rule.object_locator.table_name) == (2, "SALES")


@pytest.mark.parametrize(
    ("settings", "limit_kb"),
    [
        ({"bulk-max-size": "8"}, 8),
        ({"mode": "unlimited", "bulk-max-size": "0"}, None),
        ({"mode": "none", "bulk-max-size": "8"}, 32),
    ],
)
def test_the_lob_settings_of_a_table_override_those_of_the_task(settings: dict[str, str], limit_kb: int | None) -> None:
    made = mapping(include("HR", "%"), _settings(lob_settings=settings))
    sales, other = (made.project(table(name, "id", schema="HR")) for name in ("SALES", "OTHER"))
    assert sales
    assert other
    assert (sales.lob_limit_kb(32), other.lob_limit_kb(32)) == (limit_kb, 32)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lob_settings": {"bulk-max-size": "0"}}, "lob-settings of mode limited need a bulk-max-size above 0"),
        (
            {"object_locator": {"schema-name": "ipipeline-prod", "table-name": "%"}},
            "table-settings take exact names of schema and table, not %",
        ),
        (
            {"parallel_load": {"type": "partitions-auto", "batch-size": 50000}},
            "parallel-load.batch-size is for MongoDB and Amazon DocumentDB as the source",
        ),
        ({"lob_setings": {}}, "unknown key lob-setings; did you mean 'lob-settings'?"),
        (
            {"parallel_load": {"type": "ranges", "columns": ["A"]}},
            "parallel-load of type ranges needs the key parallel-load.boundaries",
        ),
        (
            {"parallel_load": {"type": "ranges", "columns": ["A", "B"], "boundaries": [["1", "2"], ["3"]]}},
            "a boundary of parallel-load has 1 values for 2 columns",
        ),
        (
            {"parallel_load": {"type": "ranges", "columns": list("ABCDEFGHIJK"), "boundaries": [["1"] * 11]}},
            'parallel-load.columns is ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"]: it takes at most 10',
        ),
        ({"parallel_load": {"type": "partition-auto"}}, "did you mean 'partitions-auto'?"),
    ],
)
def test_table_settings_that_break_the_pages_own_rules(settings: dict[str, Any], said: str) -> None:
    assert said in _refusal(include("%"), _settings(**settings))


def test_a_size_of_no_characters_is_not_given() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    # value `data-type`: {"type": "string", "length": "4092", "scale": ""}.
    given = {"type": "string", "length": "4092", "scale": "", "precision": ""}
    [rule] = mapping(
        include(), transformation(2, "column", ("test", "table_t", "col10"), "change-data-type", data_type=given)
    ).transformations
    assert rule.data_type
    assert (rule.data_type.length, rule.data_type.scale, rule.data_type.precision) == (4092, None, None)


@pytest.mark.parametrize("order", ["", None, "1", 2147483647])
def test_a_load_order_within_its_bounds(order: object) -> None:
    assert mapping({**include(), "load-order": order}).selects("test", "loadfirst")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("0", 'load-order is "0": it must be at least 1'),
        (2147483648, "load-order is 2147483648: it must be at most 2147483647"),
        ("first", 'load-order is "first": it needs a whole number'),
    ],
)
def test_a_load_order_out_of_its_bounds(order: object, said: str) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html
    # value `load-order`: a positive integer, at most 2,147,483,647.
    assert said in _refusal({**include(), "load-order": order})


@pytest.mark.parametrize("locator", [("inventory", "IT%"), ("%", "ITEM")])
def test_a_primary_key_on_a_wildcard_is_refused(locator: tuple[str, str]) -> None:
    # ...Transformations.html: "You can't use a define-primary-key rule when the rule has a wildcard".
    definition = {"name": "ITEM-primary-key", "columns": ["ITEM-NAME", "BOM-MODEL-NUM"]}
    rule = transformation(2, "table", locator, "define-primary-key", primary_key_def=definition)
    wild = next(name for name in locator if "%" in name)
    assert f"define-primary-key takes exact names of schema and table, not {wild}" in _refusal(include("%"), rule)


def test_a_tablespace_rule_names_its_tablespace() -> None:
    # ...Transformations.html, examples "Rename an Oracle table tablespace" and the value `object-locator`.
    rule = transformation(2, "table-tablespace", ("Play", "Actor"), "rename", value="SceneTblSpace")
    assert "needs the key object-locator.table-tablespace-name" in _refusal(include("Play"), rule)
    rule["object-locator"]["table-tablespace-name"] = "SetSpace"
    projection = mapping(include("Play"), rule).project(table("Actor", "id", schema="Play"))
    assert projection
    assert projection.table == "Actor"
    rule["object-locator"]["index-tablespace-name"] = "SetISpace"
    assert "table-tablespace-name or index-tablespace-name, not both" in _refusal(include("Play"), rule)


@pytest.mark.parametrize("with_key", [True, False])
def test_before_images_are_unsupported_and_no_typo(with_key: bool) -> None:
    # ...Transformations.html, example "Add a before image column".
    rule = transformation(2, "column", ("%", "employees"), "add-before-image-columns")
    if with_key:
        rule["before-image-def"] = {"column-prefix": "BI_", "column-suffix": "", "column-filter": "pk-only"}
    said = _refusal(include("%"), rule)
    assert "before-image-def) are for Kinesis and Kafka as targets; for Oracle AWS documents none" in said
    assert "unknown key" not in said


def test_masked_digits() -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Masking.html
    masked = _customers(transformation(2, "column", PASSPORT, "data-masking-digits-mask", value="#"))
    assert masked.transform({"id": 7, "cust_passport_no": "C6BGJ566669K"}) == {
        "id": 7,
        "cust_passport_no": "C#BGJ######K",
    }
    assert masked.transform({"id": 7, "cust_passport_no": None})["cust_passport_no"] is None


@pytest.mark.parametrize("value", ["", " ", "##", "한"])
def test_a_mask_is_one_printable_character(value: str) -> None:
    # ...Masking.html: "a single ASCII printable character that you specify (excluding empty or whitespace characters)".
    assert "value" in _refusal(
        include("%"), transformation(2, "column", PASSPORT, "data-masking-digits-mask", value=value)
    )


def test_a_hash_beside_a_change_of_type() -> None:
    # ...Masking.html, "Replacing column data with hash value": the page's own sample and hash.
    wider = transformation(
        2, "column", PASSPORT, "change-data-type", data_type={"type": "string", "length": "100", "scale": ""}
    )
    masked = _customers(wider, transformation(3, "column", PASSPORT, "data-masking-hash-mask"))
    assert masked.transform({"id": 7, "cust_passport_no": "C6BGJ566669K"}) == {
        "id": 7,
        "cust_passport_no": "7CB06784764C9030CCC41E25C15339FEB293FFE9B329A72B5FED564E99900C75",
    }


def test_the_type_changes_before_the_mask_where_its_id_is_lower() -> None:
    # ...Masking.html: "so that the data type change happens before masking".
    change = {"data_type": {"type": "int8"}}
    for change_id, masked in ((2, "9"), (4, 9)):
        rules = (
            transformation(change_id, "column", PASSPORT, "change-data-type", **change),
            transformation(3, "column", PASSPORT, "data-masking-digits-mask", value="9"),
        )
        assert _customers(*rules).transform({"id": 7, "cust_passport_no": "5"})["cust_passport_no"] == masked


def test_random_digits_are_known_only_to_dms() -> None:
    masked = _customers(transformation(2, "column", PASSPORT, "data-masking-digits-randomize"))
    assert [column.known_only_to_dms for column in masked.columns] == [False, True]
    assert masked.transform({"id": 7, "cust_passport_no": "C6BGJ566669K"}) == {"id": 7}


@pytest.mark.parametrize(
    "rule",
    [
        {
            "object-locator": {"schema-name": "Test-Schema", "table-name": "Test-Table", "column-name": "Test-Column"},
            "source-function": "REPLACE(${column-name}, chr(0), chr(32))",
            "target-function": "${column-name}",
        },
        {
            "object-locator": {"schema-name": "dbo", "table-name": "%", "column-name": "%", "data-type": "datetime"},
            "source-function": "case when ${column-name} is NULL then NULL else 0 end",
            "target-function": "case when ${column-name} is NULL then NULL else 0 end",
        },
        {
            "object-locator": {"schema-name": "ADMIN", "table-name": "TEMP_CHRA_BOOL", "column-name": "GRADE"},
            "target-function": "case grade when '1' then 'Y' else 'N' end",
        },
    ],
)
def test_a_validation_rule_is_read_and_changes_nothing(rule: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html#CHAP_Validating.JSONEditor and two more pages.
    marks = {
        "rule-type": "validation", "rule-id": "5", "rule-name": "5", "rule-target": "column",
        "rule-action": "override-validation-function",
    }  # fmt: skip
    found = mapping(include("dbo"), {**marks, **rule})
    assert [item.rule_id for item in found.validations] == [5]
    projection = found.project(table("t", "at:timestamp without time zone", schema="dbo"))
    assert projection
    assert projection.transform({"at": 1}) == {"at": 1}
    without = {key: value for key, value in {**marks, **rule}.items() if not key.endswith("-function")}
    assert "needs source-function or target-function" in _refusal(include("dbo"), without)


def _employees(expression: str, **data_type: object) -> Projection:
    added = transformation(
        2, "column", ("public", "employee"), "add-column", value="X", expression=expression, data_type=data_type
    )
    columns = table("employee", "emp_number:integer", "emp_salary:numeric", schema="public", key=("emp_number",))
    projection = mapping(include("public"), added).project(columns)
    assert projection
    return projection


@pytest.mark.parametrize(
    ("salary", "seniority"),
    [(Decimal("19999.4"), "JUNIOR"), (Decimal("19999.5"), "SENIOR"), (Decimal("20000.25"), "SENIOR")],
)
def test_a_case_over_a_rounded_number(salary: Decimal, seniority: str) -> None:
    # ...Expressions.html, "adding a new string column to the target table using a case condition", in straight quotes.
    made = _employees("CASE WHEN round($emp_salary)>=20000 THEN 'SENIOR' ELSE 'JUNIOR' END", type="string", length=50)
    assert made.transform({"emp_number": 1, "emp_salary": salary})["X"] == seniority


def test_the_pages_curly_quotes_are_named() -> None:
    # ...Expressions.html prints that sample with typographic quotes, and with the key `lenght`.
    rule = transformation(
        2, "column", ("public", "employee"), "add-column",
        value="emp_seniority", data_type={"type": "string", "length": 50},
        expression=" CASE WHEN round($emp_salary)>=20000 THEN \u2018SENIOR\u2019 ELSE \u2018JUNIOR\u2019 END",
    )  # fmt: skip
    assert "write texts between straight quotes" in _refusal(include("public"), rule)
    rule = {**rule, "expression": "1", "data-type": {"type": "string", "lenght": 50}}
    assert "unknown key data-type.lenght; did you mean 'length'?" in _refusal(include("public"), rule)


def test_a_rounded_number() -> None:
    # ...Expressions.html, "adding a new numeric column to the target table".
    made = _employees("round($emp_salary)", type="int8")
    assert made.transform({"emp_number": 1, "emp_salary": Decimal("1234.56")})["X"] == 1235


@pytest.mark.parametrize(
    "expression",
    ["datetime ()", "$AR_H_STREAM_POSITION", "$AR_H_CHANGE_SEQ", "random()", "hex(randomblob(4))", "CURRENT_TIMESTAMP"],
)
def test_what_only_dms_knows(expression: str) -> None:
    # ...Expressions.html, "adding a new date column to the target table", "Replicating source table headers", functions.
    made = _employees(expression, type="string", length=50)
    assert [column.name for column in made.columns if column.known_only_to_dms] == ["X"]
    assert made.transform({"emp_number": 1, "emp_salary": 2}) == {"emp_number": 1, "emp_salary": 2}


def test_replaced_characters() -> None:
    # ...Expressions.html, string functions: `replaceChars("abcde","abcd","123")` returns 1231e.
    assert _employees("""replaceChars("abcde","abcd","123")""", type="string").transform({})["X"] == "1231e"


def test_operation_indicator_is_refused_for_what_it_does() -> None:
    # ...Expressions.html, "Flagging target records using an expression".
    with pytest.raises(MappingError, match="operation_indicator keeps rows in the target that the source has deleted"):
        _employees("operation_indicator('D', 'U', 'I')", type="string", length=50)
