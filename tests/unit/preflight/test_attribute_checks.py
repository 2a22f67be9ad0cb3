"""Extra connection attributes: which are none, which are not documented, and which change values."""

from __future__ import annotations

import pytest

from tests.support.cutovers import changed, find


def _said(side: str, text: str) -> list[tuple[str, str]]:
    found = find(pipeline=changed(f"dms.{side}_endpoint", extra_connection_attributes=text))
    where = f"dms.{side}_endpoint.extra_connection_attributes: "
    return [(str(one.severity), one.what.removeprefix(where)) for one in found if one.code == "connection-attribute"]


@pytest.mark.parametrize(
    ("side", "text"),
    [
        ("source", ""),
        ("source", "captureDDLs=N; executeTimeout=100;PluginName=pglogical;mapBooleanAsBoolean=false;"),
        ("source", "slotName=abc_1;unboundedVarcharMaxSize=10485760;mapLongVarcharAs=WSTRING"),
        ("target", "alwaysReplaceEmptyString=false;useDirectPathFullLoad=N"),
    ],
)
def test_documented_attributes_are_no_finding(side: str, text: str) -> None:
    assert _said(side, text) == []


@pytest.mark.parametrize(
    ("side", "text", "severity", "said"),
    [
        ("source", "pluginName", "error", "pluginname has no value"),
        ("source", "=pglogical", "error", "an attribute has no name"),
        ("source", "plugin_name=pglogical", "warning", "AWS documents no plugin_name for this engine; did you mean pluginName?"),
        ("source", "alwaysReplaceEmptyString=false", "warning", "AWS documents no alwaysreplaceemptystring for this engine"),
        ("target", "captureDdls=N", "warning", "AWS documents no captureddls for this engine"),
        ("source", "mapUnboundedNumericAsString=true", "error", "mapUnboundedNumericAsString is on, which is for PostgreSQL as the target"),
        ("source", "mapBooleanAsBoolean=Y", "warning", "mapBooleanAsBoolean is on, and makes a boolean where DMS makes the text 'true' or 'false'"),
        ("source", "mapLongVarcharAs=nclob", "warning", "mapLongVarcharAs is nclob, and makes LOBs of varchar columns longer than 16387"),
        ("source", "pluginName=test_decoding", "warning", "pluginName is test_decoding, and a run prepares pglogical"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_attribute(side: str, text: str, severity: str, said: str) -> None:
    assert _said(side, text) == [(severity, said)]


def test_a_secret_is_named_without_its_value() -> None:
    [(severity, said)] = _said("target", "asmPassword=tiger-7")
    assert (severity, said) == ("error", "asmpassword is a secret")
