"""The functions that the list knows: Oracle's name, PostgreSQL's expression, the least and the most arguments."""

FUNCTIONS: dict[str, tuple[str, int, int]] = {
    "NVL": ('"SYS".nvl', 2, 2),
    "SUBSTR": ('"SYS".substr', 2, 3),
    "INSTR": ('"SYS".instr', 2, 2),
    "LENGTH": ('"SYS".length', 1, 1),
    "LENGTHB": ('"SYS".lengthb', 1, 1),
    "UPPER": ('"SYS".upper', 1, 1),
    "LOWER": ('"SYS".lower', 1, 1),
    "LTRIM": ('"SYS".ltrim', 1, 2),
    "RTRIM": ('"SYS".rtrim', 1, 2),
    "LPAD": ('"SYS".lpad', 2, 3),
    "RPAD": ('"SYS".rpad', 2, 3),
    "REPLACE": ('"SYS".replace', 2, 3),
    "ABS": ('"SYS".abs', 1, 1),
    "MOD": ('"SYS".mod', 2, 2),
    "ROUND": ('"SYS".round', 1, 2),
    "TRUNC": ('"SYS".trunc', 1, 2),
    "RAWTOHEX": ('"SYS".rawtohex', 1, 1),
    "SYS_EXTRACT_UTC": ('"SYS".sys_extract_utc', 1, 1),
    "SYS_CONTEXT": ('"SYS".sys_context', 2, 2),
}

AGGREGATES = {
    "COUNT": "count({0})::numeric",
    "SUM": '"SYS".fit(sum({0}))',
    "MIN": "min({0})",
    "MAX": "max({0})",
    "AVG": "(sum({0}) / NULLIF(count({0}), 0)::numeric)",
}

NO_PARENTHESES = {
    "SYSDATE": '"SYS".sysdate()',
    "SYSTIMESTAMP": '"SYS".systimestamp()',
    "CURRENT_DATE": '"SYS".sysdate()',
    "CURRENT_TIMESTAMP": '"SYS".systimestamp()',
    "LOCALTIMESTAMP": '"SYS".systimestamp()::timestamp',
    "USER": '"SYS".user_name()::varchar',
    "DBTIMEZONE": "'+00:00'::text",
    "SESSIONTIMEZONE": "'+00:00'::text",
}
