"""Extra connection attributes of a DMS endpoint, and those that AWS documents for the two engines.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source.PostgreSQL.ConnectionAttrib,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html#CHAP_Target.Oracle.ConnectionAttrib,
https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html
"""

from __future__ import annotations

OF_SOURCES = (
    "afterConnectScript", "authenticationMethod", "babelfishDatabaseName", "captureDdls", "consumeMonotonicEvents",
    "databaseMode", "ddlArtifactsSchema", "disableUnicodeSourceFilter", "executeTimeout", "failTasksOnLobTruncation",
    "fetchCacheSize", "heartbeatEnable", "heartbeatFrequency", "heartbeatSchema", "mapBooleanAsBoolean",
    "mapJsonbAsClob", "mapLongVarcharAs", "mapUnboundedNumericAsString", "maxFileSize", "pluginName", "slotName",
    "trimSpaceInChar", "unboundedVarcharMaxSize",
)  # fmt: skip
OF_TARGETS = (
    "alwaysReplaceEmptyString", "authenticationMethod", "charLengthSemantics", "directPathNoLog",
    "directPathParallelLoad", "failTasksOnLobTruncation", "trimSpaceInChar", "useDirectPathFullLoad",
)  # fmt: skip


def attributes(text: str) -> dict[str, str]:
    """`name=value;...` -> the values by names in small letters: neither their order nor their case matters."""
    pairs = (pair.partition("=") for pair in text.split(";") if pair.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def is_on(value: str | None, *, default: bool) -> bool:
    """Whether a switch is on: `true`, `Y` and `1` are, `false`, `N` and `0` are not."""
    said = (value or "").lower()
    return default if said == "" else said in ("true", "y", "yes", "1")
