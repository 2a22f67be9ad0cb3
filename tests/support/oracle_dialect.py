"""The Oracle stand-in's list: what it knows, each with the answer that Oracle's documentation gives, and where.

The stand-in's README is made from this list (`python -m tests.support.oracle_readme`).
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

_REFERENCE = "https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/"


@dataclass(frozen=True)
class Case:
    """A construct, a query that uses it, the rows that Oracle answers, and the documentation's page."""

    group: str
    construct: str
    query: str
    rows: list[tuple[object, ...]]
    page: str

    @property
    def address(self) -> str:
        """Where the documentation says so."""
        return f"{_REFERENCE}{self.page}.html"


@dataclass(frozen=True)
class Steps:
    """Statements, a query after them, the rows that it answers, the page, and statements that take them back."""

    group: str
    construct: str
    statements: tuple[str, ...]
    query: str
    rows: list[tuple[object, ...]]
    page: str
    undo: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where the documentation says so."""
        return f"{_REFERENCE}{self.page}.html"


def _value(group: str, construct: str, expression: str, value: object, page: str) -> Case:
    return Case(group, construct, f"SELECT {expression} FROM DUAL", [(value,)], page)


_STRING, _NUMBER, _DATE, _NULL, _CONVERSION, _SELECT = (
    "Strings",
    "Numbers",
    "Dates and timestamps",
    "NULL and choice",
    "Conversion and hashes",
    "SELECT",
)
_D = datetime.datetime

CASES = [
    _value(_STRING, "`||`", "'London' || ' to ' || 'Paris'", "London to Paris", "Concatenation-Operator"),
    _value(_STRING, "`||` with NULL", "'a' || NULL || 'b'", "ab", "Concatenation-Operator"),
    _value(_STRING, "`||` of NULLs is NULL", "NULL || NULL", None, "Concatenation-Operator"),
    _value(_STRING, "`||` with numbers", "1 || '/' || .5 || '/' || -995.0", "1/.5/-995", "Concatenation-Operator"),
    _value(_STRING, "`''` is NULL", "CASE WHEN '' IS NULL THEN 'null' END", "null", "Nulls"),
    _value(_STRING, "`''` equals nothing", "CASE WHEN '' = '' THEN 'equal' ELSE 'unknown' END", "unknown", "Nulls"),
    _value(_STRING, "SUBSTR", "SUBSTR('ABCDEFG', 3, 4)", "CDEF", "SUBSTR"),
    _value(_STRING, "SUBSTR with negative start", "SUBSTR('ABCDEFG', -5, 4)", "CDEF", "SUBSTR"),
    _value(_STRING, "SUBSTR from 0", "SUBSTR('ABCDEFG', 0, 2)", "AB", "SUBSTR"),
    _value(_STRING, "SUBSTR beyond the start", "SUBSTR('ABC', -5)", None, "SUBSTR"),
    _value(_STRING, "SUBSTR beyond the end", "SUBSTR('ABC', 4)", None, "SUBSTR"),
    _value(
        _STRING,
        "SUBSTR from NULL, and of NULL characters",
        "SUBSTR('ABC', NULL) || SUBSTR('ABC', 1, NULL)",
        None,
        "SUBSTR",
    ),
    _value(_STRING, "SUBSTR with a length below 1", "SUBSTR('ABC', 1, 0)", None, "SUBSTR"),
    _value(_STRING, "LENGTH", "LENGTH('CANDIDE')", 7, "LENGTH"),
    _value(_STRING, "LENGTH of characters", "LENGTH('특가')", 2, "LENGTH"),
    _value(_STRING, "LENGTH of NULL", "LENGTH('')", None, "LENGTH"),
    _value(_STRING, "LENGTHB of bytes", "LENGTHB('특가')", 6, "LENGTH"),
    _value(_STRING, "LENGTH counts blanks", "LENGTH('ab  ')", 4, "LENGTH"),
    _value(_STRING, "INSTR", "INSTR('CORPORATE FLOOR', 'OR')", 2, "INSTR"),
    _value(_STRING, "UPPER", "UPPER('Large')", "LARGE", "UPPER"),
    _value(_STRING, "LOWER", "LOWER('MR. SCOTT MCMILLAN')", "mr. scott mcmillan", "LOWER"),
    _value(_STRING, "LTRIM", "LTRIM('<=====>BROWNING<=====>', '<>=')", "BROWNING<=====>", "LTRIM"),
    _value(_STRING, "RTRIM", "RTRIM('<=====>BROWNING<=====>', '<>=')", "<=====>BROWNING", "RTRIM"),
    _value(_STRING, "RTRIM of blanks only", "RTRIM('  ')", None, "RTRIM"),
    _value(_STRING, "TRIM", "TRIM('  a b ')", "a b", "TRIM"),
    _value(_STRING, "TRIM LEADING", "TRIM(LEADING '0' FROM '0070')", "70", "TRIM"),
    _value(_STRING, "LPAD", "LPAD('Page 1', 15, '*.')", "*.*.*.*.*Page 1", "LPAD"),
    _value(_STRING, "RPAD", "RPAD('a', 3, '-')", "a--", "RPAD"),
    _value(_STRING, "REPLACE", "REPLACE('JACK and JUE', 'J', 'BL')", "BLACK and BLUE", "REPLACE"),
    _value(_STRING, "REPLACE away", "REPLACE('aXbX', 'X')", "ab", "REPLACE"),
    _value(_STRING, "LIKE", "CASE WHEN 'Patel' LIKE '%tel' THEN 1 END", 1, "Pattern-matching-Conditions"),
    _value(_STRING, "LIKE _", "CASE WHEN 'SMITH' LIKE 'SM_TH' THEN 1 END", 1, "Pattern-matching-Conditions"),
    _value(
        _STRING,
        "LIKE ... ESCAPE",
        r"CASE WHEN 'A_B' LIKE '%A\_B%' ESCAPE '\' THEN 1 END",
        1,
        "Pattern-matching-Conditions",
    ),
    _value(_STRING, "LIKE without ESCAPE", r"CASE WHEN 'a\b' LIKE 'a\b' THEN 1 END", 1, "Pattern-matching-Conditions"),
    _value(
        _STRING,
        "literals are compared blank-padded",
        "CASE WHEN 'a' = 'a ' THEN 1 END",
        1,
        "Data-Type-Comparison-Rules",
    ),
    _value(
        _STRING,
        "`||` of CHARs is a CHAR",
        "CASE WHEN 'a' || 'b' = 'ab ' THEN 1 ELSE 0 END",
        1,
        "Concatenation-Operator",
    ),
    _value(
        _STRING,
        "`||` with a VARCHAR2 is a VARCHAR2",
        "CASE WHEN 'a' || TO_CHAR(1) = 'a1 ' THEN 1 ELSE 0 END",
        0,
        "Concatenation-Operator",
    ),
    _value(_STRING, "RPAD to NULL", "RPAD('a', NULL)", None, "RPAD"),
    _value(
        _NUMBER,
        "+, -, * to 40 digits",
        "CASE WHEN 1e39 + .00001 = 1e39 AND 1 / 3 * 3 < 1 THEN 1 ELSE 0 END",
        1,
        "Data-Types",
    ),
    _value(_NUMBER, "+, -, *", "1.5 + 2 * 3 - 4", Decimal("3.5"), "Arithmetic-Operators"),
    _value(_NUMBER, "/", "1 / 4", Decimal(".25"), "Arithmetic-Operators"),
    _value(_NUMBER, "/ to 40 digits", "TO_CHAR(1 / 3)", "." + "3" * 40, "Data-Types"),
    _value(_NUMBER, "ABS", "ABS(-15)", 15, "ABS"),
    _value(_NUMBER, "MOD", "MOD(11, 4)", 3, "MOD"),
    _value(_NUMBER, "MOD of negatives", "MOD(-11, 4)", -3, "MOD"),
    _value(_NUMBER, "MOD by 0", "MOD(11, 0)", 11, "MOD"),
    _value(_NUMBER, "ROUND", "ROUND(15.193, 1)", Decimal("15.2"), "ROUND-number"),
    _value(_NUMBER, "ROUND to tens", "ROUND(15.193, -1)", 20, "ROUND-number"),
    _value(_NUMBER, "ROUND half away from zero", "ROUND(-1.5)", -2, "ROUND-number"),
    _value(_NUMBER, "TRUNC", "TRUNC(15.79, 1)", Decimal("15.7"), "TRUNC-number"),
    _value(_NUMBER, "TRUNC to tens", "TRUNC(15.79, -1)", 10, "TRUNC-number"),
    _value(_NUMBER, "strings convert in arithmetic", "'10' + 1", 11, "Data-Type-Comparison-Rules"),
    _value(
        _NUMBER, "strings convert in comparisons", "CASE WHEN '010' = 10 THEN 1 END", 1, "Data-Type-Comparison-Rules"
    ),
    _value(_DATE, "DATE literal", "DATE '1998-12-25'", _D(1998, 12, 25), "Literals"),
    _value(
        _DATE,
        "TIMESTAMP literal",
        "TIMESTAMP '1997-01-31 09:26:50.124'",
        _D(1997, 1, 31, 9, 26, 50, 124000),
        "Literals",
    ),
    _value(_DATE, "DATE + days", "DATE '2027-02-28' + 1.5", _D(2027, 3, 1, 12), "Data-Types"),
    _value(_DATE, "DATE - DATE in days", "DATE '2027-03-01' - DATE '2027-02-01'", 28, "Data-Types"),
    _value(_DATE, "TRUNC to the year", "TRUNC(TO_DATE('27-OCT-92','DD-MON-RR'), 'YEAR')", _D(1992, 1, 1), "TRUNC-date"),
    _value(
        _DATE,
        "TRUNC to the day",
        "TRUNC(TO_DATE('2027-03-04 23:59:59','YYYY-MM-DD HH24:MI:SS'))",
        _D(2027, 3, 4),
        "TRUNC-date",
    ),
    _value(
        _DATE,
        "ROUND to the day",
        "ROUND(TO_DATE('2027-03-04 12:00:00','YYYY-MM-DD HH24:MI:SS'))",
        _D(2027, 3, 5),
        "ROUND-date",
    ),
    _value(
        _DATE,
        "SYS_EXTRACT_UTC",
        "SYS_EXTRACT_UTC(TIMESTAMP '2000-03-28 11:30:00.00 -08:00')",
        _D(2000, 3, 28, 19, 30),
        "SYS_EXTRACT_UTC",
    ),
    _value(
        _DATE,
        "TIMESTAMP WITH TIME ZONE compares instants",
        "CASE WHEN TIMESTAMP '1999-04-15 08:00:00 -08:00' = TIMESTAMP '1999-04-15 11:00:00 -05:00' THEN 1 END",
        1,
        "Data-Types",
    ),
    _value(_DATE, "SYSDATE has no fraction", "CASE WHEN SYSDATE = CAST(SYSDATE AS DATE) THEN 1 END", 1, "SYSDATE"),
    _value(
        _DATE, "SYSTIMESTAMP", "CASE WHEN SYSTIMESTAMP > TIMESTAMP '2020-01-01 00:00:00' THEN 1 END", 1, "SYSTIMESTAMP"
    ),
    _value(_NULL, "NVL", "NVL(NULL, 'Not Applicable')", "Not Applicable", "NVL"),
    _value(_NULL, "NVL answers VARCHAR2", "CASE WHEN NVL(CAST('a' AS CHAR(3)), 'b') = 'a' THEN 1 ELSE 0 END", 0, "NVL"),
    _value(_NULL, "NVL of literals too", "CASE WHEN NVL('a', 'b') = 'a ' THEN 1 ELSE 0 END", 0, "NVL"),
    _value(_NULL, "DECODE answers VARCHAR2", "CASE WHEN DECODE(1, 1, 'a', 'b') = 'a ' THEN 1 ELSE 0 END", 0, "DECODE"),
    _value(
        _NULL,
        "IN compares with each value alone",
        "CASE WHEN CAST('a' AS CHAR(3)) IN ('b', TO_CHAR('a')) THEN 1 ELSE 0 END",
        0,
        "IN-Condition",
    ),
    _value(_NULL, "COALESCE", "COALESCE(NULL, NULL, 5)", 5, "COALESCE"),
    _value(_NULL, "NULLIF", "NULLIF(1, 1)", None, "NULLIF"),
    _value(_NULL, "NULLIF of unlike values", "NULLIF('a', 'b')", "a", "NULLIF"),
    _value(_NULL, "DECODE", "DECODE(2, 1, 'Southlake', 2, 'San Francisco', 'Non domestic')", "San Francisco", "DECODE"),
    _value(_NULL, "DECODE finds NULL", "DECODE(NULL, NULL, 'null', 'other')", "null", "DECODE"),
    _value(_NULL, "DECODE compares as the first search", "DECODE(1, '01', 'equal', 'other')", "other", "DECODE"),
    _value(_NULL, "DECODE does not pad", "DECODE(CAST('ab' AS CHAR(5)), 'ab', 'equal', 'other')", "other", "DECODE"),
    _value(_NULL, "DECODE answers strings after NULL", "DECODE(0, 1, NULL, 5)", "5", "DECODE"),
    _value(_NULL, "DECODE without default", "DECODE(9, 1, 'one')", None, "DECODE"),
    _value(
        _NULL,
        "CASE x WHEN",
        "CASE 100 WHEN 100 THEN 'Low' WHEN 5000 THEN 'High' ELSE 'Medium' END",
        "Low",
        "CASE-Expressions",
    ),
    _value(
        _NULL, "CASE WHEN", "CASE WHEN 1 > 2 THEN 'a' WHEN NOT 1 > 2 AND 3 >= 3 THEN 'b' END", "b", "CASE-Expressions"
    ),
    _value(_NULL, "IN", "CASE WHEN 2 IN (1, 2) AND 3 NOT IN (1, 2) THEN 1 END", 1, "IN-Condition"),
    _value(_NULL, "NOT IN with NULL is unknown", "CASE WHEN 3 NOT IN (1, NULL) THEN 1 ELSE 0 END", 0, "IN-Condition"),
    _value(_NULL, "BETWEEN", "CASE WHEN 2 BETWEEN 1 AND 2 THEN 1 END", 1, "BETWEEN-Condition"),
    _value(_NULL, "IS [NOT] NULL", "CASE WHEN NULL IS NULL AND 1 IS NOT NULL THEN 1 END", 1, "Null-Conditions"),
    _value(_NULL, "OR, ^=, !=, <>", "CASE WHEN 1 ^= 1 OR 1 != 1 OR 1 <> 2 THEN 1 END", 1, "Comparison-Conditions"),
    _value(_CONVERSION, "TO_CHAR of a number", "TO_CHAR('01110' + 1)", "1111", "TO_CHAR-number"),
    _value(_CONVERSION, "TO_CHAR below 1", "TO_CHAR(0.5)", ".5", "TO_CHAR-number"),
    _value(_CONVERSION, "TO_CHAR of a negative", "TO_CHAR(-995.00)", "-995", "TO_CHAR-number"),
    _value(_CONVERSION, "TO_CHAR of -0.5", "TO_CHAR(-0.5)", "-.5", "TO_CHAR-number"),
    _value(
        _CONVERSION,
        "TO_CHAR of 38 digits",
        "TO_CHAR(12345678901234567890123456789012345678)",
        "12345678901234567890123456789012345678",
        "TO_CHAR-number",
    ),
    _value(
        _CONVERSION,
        "TO_CHAR with 9, 0, FM",
        "TO_CHAR(12, '0999') || TO_CHAR(7, 'FM000') || TO_CHAR(1234.5, '9,999.99')",
        " 0012007 1,234.50",
        "Format-Models",
    ),
    _value(
        _CONVERSION,
        "TO_CHAR of a date",
        "TO_CHAR(DATE '2008-03-09', 'YYYY-MM-DD HH24:MI:SS')",
        "2008-03-09 00:00:00",
        "TO_CHAR-datetime",
    ),
    _value(
        _CONVERSION,
        "TO_CHAR with names",
        "TO_CHAR(DATE '2008-03-09', 'FMDay, DD Month YYYY')",
        "Sunday, 9 March 2008",
        "Format-Models",
    ),
    _value(
        _CONVERSION,
        "TO_CHAR with MON, DY, RR",
        "TO_CHAR(DATE '2008-03-09', 'DY DD-MON-RR')",
        "SUN 09-MAR-08",
        "Format-Models",
    ),
    _value(
        _CONVERSION,
        "TO_CHAR with FF",
        "TO_CHAR(TIMESTAMP '2027-01-02 03:04:05.678901', 'HH24:MI:SS.FF3 FF6')",
        "03:04:05.678 678901",
        "Format-Models",
    ),
    _value(
        _CONVERSION,
        "TO_CHAR with HH12, AM",
        "TO_CHAR(TIMESTAMP '2027-01-02 15:04:05', 'HH:MI PM')",
        "03:04 PM",
        "Format-Models",
    ),
    _value(_CONVERSION, "TO_CHAR with am", "TO_CHAR(DATE '2027-01-02', 'hh am')", "12 am", "Format-Models"),
    _value(
        _CONVERSION,
        "TO_CHAR with SS first",
        "TO_CHAR(TIMESTAMP '2027-01-02 03:04:05.6', 'SS.FF2')",
        "05.60",
        "Format-Models",
    ),
    _value(
        _CONVERSION, 'TO_CHAR with "text"', """TO_CHAR(DATE '2027-01-02', 'YYYY"T"MM')""", "2027T01", "Format-Models"
    ),
    _value(
        _CONVERSION, "TO_CHAR of a date without format", "TO_CHAR(DATE '2008-03-09')", "09-MAR-08", "TO_CHAR-datetime"
    ),
    _value(
        _CONVERSION,
        "TO_DATE",
        "TO_DATE('2027-03-04 05:06:07', 'YYYY-MM-DD HH24:MI:SS')",
        _D(2027, 3, 4, 5, 6, 7),
        "TO_DATE",
    ),
    _value(_CONVERSION, "TO_DATE with RR", "TO_DATE('27-OCT-98', 'DD-MON-RR')", _D(1998, 10, 27), "Format-Models"),
    _value(
        _CONVERSION,
        "RR 50 to 99 is the last century",
        "TO_DATE('27-OCT-55', 'DD-MON-RR')",
        _D(1955, 10, 27),
        "Format-Models",
    ),
    _value(
        _CONVERSION,
        "TO_TIMESTAMP",
        "TO_TIMESTAMP('10-SEP-02 14:10:10.123000', 'DD-MON-RR HH24:MI:SS.FF')",
        _D(2002, 9, 10, 14, 10, 10, 123000),
        "TO_TIMESTAMP",
    ),
    _value(_CONVERSION, "TO_NUMBER", "TO_NUMBER('100.00') + TO_NUMBER(' -1e2 ')", 0, "TO_NUMBER"),
    _value(_CONVERSION, "TO_NUMBER with X", "TO_NUMBER('FF', 'XX')", 255, "Format-Models"),
    _value(
        _CONVERSION,
        "TO_NUMBER with 15 X",
        "TO_NUMBER('fffffffffffffff', 'XXXXXXXXXXXXXXX')",
        1152921504606846975,
        "Format-Models",
    ),
    _value(
        _CONVERSION,
        "TO_NUMBER with 32 X",
        f"TO_CHAR(TO_NUMBER('{'f' * 32}', '{'X' * 32}'))",
        str(2**128 - 1),
        "Format-Models",
    ),
    _value(_CONVERSION, "CAST to NUMBER(p, s)", "CAST('1.256' AS NUMBER(5, 2))", Decimal("1.26"), "CAST"),
    _value(_CONVERSION, "CAST to VARCHAR2", "CAST(12.50 AS VARCHAR2(30))", "12.5", "CAST"),
    _value(_CONVERSION, "CAST cuts strings", "CAST('abcdef' AS VARCHAR2(3))", "abc", "CAST"),
    _value(_CONVERSION, "CAST to CHAR pads", "CAST('ab' AS CHAR(4)) || '|'", "ab  |", "CAST"),
    _value(
        _CONVERSION, "CAST to DATE", "CAST(TIMESTAMP '2027-01-02 03:04:05' AS DATE)", _D(2027, 1, 2, 3, 4, 5), "CAST"
    ),
    _value(_CONVERSION, "CAST to TIMESTAMP", "CAST(DATE '2027-01-02' AS TIMESTAMP)", _D(2027, 1, 2), "CAST"),
    _value(
        _CONVERSION,
        "STANDARD_HASH MD5",
        "RAWTOHEX(STANDARD_HASH('abc', 'MD5'))",
        "900150983CD24FB0D6963F7D28E17F72",
        "STANDARD_HASH",
    ),
    _value(
        _CONVERSION,
        "STANDARD_HASH SHA256",
        "RAWTOHEX(STANDARD_HASH('abc', 'SHA256'))",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "STANDARD_HASH",
    ),
    _value(
        _DATE,
        "CURRENT_DATE, CURRENT_TIMESTAMP, LOCALTIMESTAMP",
        "CASE WHEN CURRENT_DATE <= CURRENT_TIMESTAMP AND LOCALTIMESTAMP >= CURRENT_DATE THEN 1 END",
        1,
        "CURRENT_TIMESTAMP",
    ),
    _value(_DATE, "DBTIMEZONE, SESSIONTIMEZONE", "DBTIMEZONE || SESSIONTIMEZONE", "+00:00+00:00", "DBTIMEZONE"),
    _value(_SELECT, "USER", "USER", "TRAVELBUDDY", "USER"),
    _value(_SELECT, "SYS_CONTEXT", "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')", "TRAVELBUDDY", "SYS_CONTEXT"),
    _value(_SELECT, "scalar subquery", "(SELECT COUNT(*) FROM FLIGHTSPECIAL)", 11, "Using-Subqueries"),
    Case(
        _SELECT, "WHERE", "SELECT header FROM flightspecial WHERE id = 1 AND cost > 0", [("London to Paris",)], "SELECT"
    ),
    Case(
        _SELECT,
        "alias",
        'SELECT f.id AS "Number", f.header h FROM flightspecial f WHERE f.id = 2',
        [(2, "Paris to London")],
        "SELECT",
    ),
    Case(
        _SELECT,
        "schema.table.column",
        "SELECT flightspecial.id FROM travelbuddy.flightspecial WHERE id = 3",
        [(3,)],
        "SELECT",
    ),
    Case(
        _SELECT,
        "literals are CHARs in a subquery too",
        "SELECT x FROM (SELECT 'a' AS x FROM dual) WHERE x = 'a '",
        [("a",)],
        "Data-Type-Comparison-Rules",
    ),
    Case(_SELECT, "table.*", "SELECT d.* FROM dual d", [("X",)], "SELECT"),
    Case(
        _SELECT,
        "INNER JOIN",
        "SELECT f.id, h.id FROM flightspecial f JOIN hotelspecial h ON h.id = f.id ORDER BY 1",
        [(1, 1), (2, 2), (3, 3)],
        "Joins",
    ),
    Case(
        _SELECT,
        "LEFT JOIN",
        "SELECT f.id, h.id FROM flightspecial f LEFT OUTER JOIN hotelspecial h ON h.id = f.id WHERE f.id > 2 AND f.id < 5 ORDER BY f.id",
        [(3, 3), (4, None)],
        "Joins",
    ),
    Case(
        _SELECT,
        "comma and CROSS JOIN",
        "SELECT COUNT(*) FROM hotelspecial, dual CROSS JOIN hotelspecial x",
        [(9,)],
        "Joins",
    ),
    Case(
        _SELECT,
        "GROUP BY, HAVING",
        "SELECT origincode, COUNT(*) n FROM flightspecial GROUP BY origincode HAVING COUNT(*) > 1",
        [("MEL", 2)],
        "SELECT",
    ),
    Case(
        _SELECT,
        "ORDER BY alias DESC",
        "SELECT id AS n FROM flightspecial WHERE id < 3 ORDER BY n DESC",
        [(2,), (1,)],
        "SELECT",
    ),
    Case(
        _SELECT,
        "NULLs sort last",
        "SELECT NULLIF(id, 1) x FROM hotelspecial ORDER BY x",
        [(2,), (3,), (None,)],
        "SELECT",
    ),
    Case(
        _SELECT,
        "NULLS FIRST",
        "SELECT NULLIF(id, 1) x FROM hotelspecial ORDER BY x NULLS FIRST",
        [(None,), (2,), (3,)],
        "SELECT",
    ),
    Case(
        _SELECT,
        "strings sort by their bytes",
        "SELECT DECODE(id, 1, 'a', 2, 'B', 'C') x FROM hotelspecial ORDER BY x",
        [("B",), ("C",), ("a",)],
        "Data-Type-Comparison-Rules",
    ),
    Case(
        _SELECT,
        "DISTINCT",
        "SELECT DISTINCT origin FROM flightspecial WHERE origincode = 'MEL'",
        [("Melbourne",)],
        "SELECT",
    ),
    Case(
        _SELECT,
        "FETCH FIRST ROW",
        "SELECT id FROM flightspecial ORDER BY id DESC FETCH FIRST ROW ONLY",
        [(11,)],
        "SELECT",
    ),
    Case(_SELECT, "ROWNUM <= n", "SELECT COUNT(*) FROM flightspecial WHERE ROWNUM <= 5", [(5,)], "ROWNUM-Pseudocolumn"),
    Case(
        _SELECT,
        "ROWNUM < n",
        "SELECT COUNT(*) FROM flightspecial WHERE id > 0 AND ROWNUM < 5",
        [(4,)],
        "ROWNUM-Pseudocolumn",
    ),
    Case(
        _SELECT,
        "ROWNUM around ORDER BY",
        "SELECT id FROM (SELECT id FROM flightspecial ORDER BY id DESC) WHERE ROWNUM <= 2",
        [(11,), (10,)],
        "ROWNUM-Pseudocolumn",
    ),
    Case(
        _SELECT,
        "IN, EXISTS with subqueries",
        "SELECT id FROM hotelspecial h WHERE id IN (SELECT id FROM flightspecial) AND EXISTS (SELECT 1 FROM flightspecial f WHERE f.id = h.id AND f.id = 2)",
        [(2,)],
        "EXISTS-Condition",
    ),
    Case(
        _SELECT,
        "COUNT, SUM, MIN, MAX, AVG",
        "SELECT COUNT(*), COUNT(DISTINCT origin), SUM(id), MIN(header), MAX(id), AVG(id) FROM flightspecial",
        [(11, 10, 66, "Aswan to Cairo", 11, 6)],
        "Aggregate-Functions",
    ),
    Case(
        _SELECT,
        "aggregates of nothing",
        "SELECT COUNT(*), SUM(id), AVG(id) FROM flightspecial WHERE id < 0",
        [(0, None, None)],
        "Aggregate-Functions",
    ),
    Case(
        _SELECT,
        "MIN, MAX of dates",
        "SELECT MIN(d), MAX(d) FROM (SELECT DATE '2027-01-01' + id AS d FROM hotelspecial)",
        [(_D(2027, 1, 2), _D(2027, 1, 4))],
        "MIN",
    ),
    Case(
        _SELECT,
        "row hash",
        "SELECT SUM(TO_NUMBER(SUBSTR(RAWTOHEX(STANDARD_HASH(id || '|' || NVL(header, '~'), 'MD5')), 1, 15), 'XXXXXXXXXXXXXXX')) FROM flightspecial WHERE id = 1",
        [(0x74AE2B33043EB8E,)],
        "STANDARD_HASH",
    ),
    Case(_SELECT, "comments and hints", "SELECT /*+ FIRST_ROWS */ 1 -- one\n FROM dual /* done */", [(1,)], "Comments"),
]

_CHANGE, _DEFINE = "Changes", "Definitions"
_ONE = "SELECT header, cost FROM flightspecial WHERE id = 1"

STATEMENTS = [
    Steps(
        _CHANGE,
        "UPDATE",
        ("UPDATE flightspecial f SET header = 'x', f.cost = cost + 1 WHERE id = 1",),
        _ONE,
        [("x", 94)],
        "UPDATE",
    ),
    Steps(
        _CHANGE,
        "UPDATE ... SET column = (SELECT ...)",
        ("UPDATE flightspecial SET header = (SELECT MAX(hotel) FROM hotelspecial) WHERE id = 1",),
        _ONE,
        [("Studio City", 93)],
        "UPDATE",
    ),
    Steps(
        _CHANGE,
        "DELETE",
        ("DELETE FROM flightspecial WHERE id > 2", "DELETE flightspecial f WHERE f.id = 2"),
        "SELECT id FROM flightspecial",
        [(1,)],
        "DELETE",
    ),
    Steps(
        _CHANGE,
        "INSERT ... VALUES",
        ("INSERT INTO flightspecial (header, cost) VALUES ('new', 7)",),
        "SELECT cost FROM flightspecial WHERE header = 'new'",
        [(7,)],
        "INSERT",
    ),
    Steps(
        _CHANGE,
        "INSERT ... SELECT",
        ("INSERT INTO hotelspecial (hotel, cost) SELECT header, cost FROM flightspecial WHERE id < 3",),
        "SELECT COUNT(*) FROM hotelspecial",
        [(5,)],
        "INSERT",
    ),
    Steps(
        _CHANGE,
        "quoted names",
        ('UPDATE "TRAVELBUDDY"."FLIGHTSPECIAL" SET "HEADER" = \'q\' WHERE "ID" = 1',),
        _ONE,
        [("q", 93)],
        "Database-Object-Names-and-Qualifiers",
    ),
    Steps(
        _CHANGE,
        "MERGE",
        (
            "MERGE INTO flightspecial t USING (SELECT DECODE(id, 1, 1, 99) AS id, DECODE(id, 1, 'm', 'n') AS h FROM hotelspecial WHERE id < 3) s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET t.header = s.h WHEN NOT MATCHED THEN INSERT (t.id, header, cost) VALUES (s.id, s.h, 5)",
        ),
        "SELECT header, cost FROM flightspecial WHERE header IN ('m', 'n') ORDER BY header",
        [("m", 93), ("n", 5)],
        "MERGE",
    ),
    Steps(
        _CHANGE,
        "ROLLBACK",
        ("DELETE FROM flightspecial", "ROLLBACK"),
        "SELECT COUNT(*) FROM flightspecial",
        [(11,)],
        "ROLLBACK",
    ),
    Steps(
        _CHANGE,
        "COMMIT",
        ("UPDATE flightspecial SET cost = 1 WHERE id = 1", "COMMIT", "ROLLBACK"),
        _ONE,
        [("London to Paris", 1)],
        "COMMIT",
        ("UPDATE flightspecial SET cost = 93 WHERE id = 1", "COMMIT"),
    ),
    Steps(
        _CHANGE,
        "SELECT ... FOR UPDATE [NOWAIT]",
        ("SELECT id FROM flightspecial WHERE id = 1 FOR UPDATE NOWAIT",),
        "SELECT id FROM flightspecial WHERE id = 1 FOR UPDATE",
        [(1,)],
        "SELECT",
    ),
    Steps(
        _DEFINE,
        "CREATE TABLE with defaults and constraints",
        (
            "CREATE TABLE parent (id NUMBER CONSTRAINT parent_pk PRIMARY KEY, code VARCHAR2(3 CHAR) UNIQUE, n NUMBER(5, 2) DEFAULT 1.255 NOT NULL CHECK (n > 0))",
            "CREATE TABLE child (id NUMBER, parent_id NUMBER REFERENCES parent (id) ON DELETE CASCADE, CONSTRAINT child_pk PRIMARY KEY (id, parent_id))",
            "INSERT INTO parent (id, code) VALUES (1, '특가맛')",
            "INSERT INTO child VALUES (1, 1)",
            "DELETE FROM parent WHERE n = 1.26",
        ),
        "SELECT (SELECT COUNT(*) FROM child), (SELECT COUNT(*) FROM parent) FROM dual",
        [(0, 0)],
        "CREATE-TABLE",
        ("DROP TABLE child PURGE", "DROP TABLE parent CASCADE CONSTRAINTS"),
    ),
    Steps(
        _DEFINE,
        "CREATE and ALTER SEQUENCE, NEXTVAL",
        (
            "CREATE SEQUENCE places START WITH 5 INCREMENT BY 2 MAXVALUE 999 NOCACHE NOCYCLE NOORDER",
            "SELECT places.NEXTVAL FROM dual",
            "ALTER SEQUENCE places INCREMENT BY 100",
            "SELECT places.NEXTVAL FROM dual",
            "ALTER SEQUENCE places INCREMENT BY 1",
        ),
        "SELECT last_number FROM user_sequences WHERE sequence_name = 'PLACES'",
        [(106,)],
        "CREATE-SEQUENCE",
        ("DROP SEQUENCE places",),
    ),
    Steps(
        _DEFINE,
        "LAST_NUMBER is beyond the cache",
        ("CREATE SEQUENCE cached START WITH 5 CACHE 10", "SELECT cached.NEXTVAL FROM dual"),
        "SELECT last_number FROM user_sequences WHERE sequence_name = 'CACHED'",
        [(15,)],
        "CREATE-SEQUENCE",
        ("DROP SEQUENCE cached",),
    ),
    Steps(
        _DEFINE,
        "a sequence that counts down",
        ("CREATE SEQUENCE down START WITH 9 INCREMENT BY -1 MAXVALUE 9 CACHE 5", "SELECT down.NEXTVAL FROM dual"),
        "SELECT last_number FROM user_sequences WHERE sequence_name = 'DOWN'",
        [(4,)],
        "CREATE-SEQUENCE",
        ("DROP SEQUENCE down",),
    ),
    Steps(
        _DEFINE,
        "CREATE TRIGGER ... BEFORE INSERT that sets :new",
        (
            "CREATE TABLE numbered (id NUMBER, note VARCHAR2(9))",
            "CREATE SEQUENCE numbers START WITH 7",
            "CREATE OR REPLACE TRIGGER numbering BEFORE INSERT ON numbered FOR EACH ROW BEGIN SELECT numbers.NEXTVAL INTO :new.id FROM dual; :new.note := NVL(:new.note, 'none'); END;",
            "INSERT INTO numbered VALUES (1, NULL)",
            "ALTER TRIGGER numbering DISABLE",
            "INSERT INTO numbered VALUES (1, NULL)",
            "ALTER TRIGGER numbering ENABLE",
            "INSERT INTO numbered VALUES (1, 'x')",
        ),
        "SELECT id, note FROM numbered ORDER BY id",
        [(1, None), (7, "none"), (8, "x")],
        "CREATE-TRIGGER",
        ("DROP TABLE numbered", "DROP SEQUENCE numbers"),
    ),
    Steps(
        _DEFINE,
        "ALTER TABLE ADD, DROP, ENABLE and DISABLE ALL TRIGGERS",
        (
            "CREATE TABLE grows (id NUMBER, old NUMBER)",
            "ALTER TABLE grows ADD (note VARCHAR2(5) DEFAULT 'n', at_time DATE)",
            "ALTER TABLE grows ADD CONSTRAINT grows_pk PRIMARY KEY (id)",
            "ALTER TABLE grows DROP COLUMN old",
            "ALTER TABLE grows DISABLE ALL TRIGGERS",
            "INSERT INTO grows (id) VALUES (1)",
        ),
        "SELECT * FROM grows",
        [(1, "n", None)],
        "ALTER-TABLE",
        ("DROP TABLE grows",),
    ),
    Steps(
        _DEFINE,
        "CREATE [UNIQUE] INDEX",
        (
            "CREATE TABLE indexed (id NUMBER, name VARCHAR2(9))",
            "CREATE UNIQUE INDEX indexed_id ON indexed (id)",
            "CREATE INDEX indexed_name ON indexed (name, id)",
            "INSERT INTO indexed VALUES (1, 'a')",
        ),
        "SELECT index_name, uniqueness, (SELECT COUNT(*) FROM indexed) FROM user_indexes WHERE table_name = 'INDEXED' ORDER BY 1",
        [("INDEXED_ID", "UNIQUE", 1), ("INDEXED_NAME", "NONUNIQUE", 1)],
        "CREATE-INDEX",
        ("DROP INDEX indexed_name", "DROP TABLE indexed"),
    ),
    Steps(
        _DEFINE,
        "unique indexes leave out NULLs",
        (
            "CREATE TABLE sparse (a NUMBER, b NUMBER)",
            "CREATE UNIQUE INDEX sparse_a_b ON sparse (a, b)",
            "INSERT INTO sparse VALUES (NULL, NULL)",
            "INSERT INTO sparse VALUES (NULL, NULL)",
            "INSERT INTO sparse VALUES (1, NULL)",
        ),
        "SELECT COUNT(*) FROM sparse",
        [(3,)],
        "CREATE-INDEX",
        ("DROP TABLE sparse",),
    ),
    Steps(
        _DEFINE,
        "GRANT and REVOKE on objects",
        (
            "GRANT SELECT, UPDATE ON flightspecial TO dmsuser WITH GRANT OPTION",
            "REVOKE UPDATE ON flightspecial FROM dmsuser",
        ),
        "SELECT grantee, privilege, grantable FROM user_tab_privs WHERE table_name = 'FLIGHTSPECIAL'",
        [("DMSUSER", "SELECT", "YES")],
        "GRANT",
        ("REVOKE SELECT ON flightspecial FROM dmsuser",),
    ),
    Steps(
        _DEFINE,
        "ALTER SESSION SET NLS_DATE_FORMAT",
        ("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY/MM/DD'",),
        "SELECT DATE '2027-01-02' || '' FROM dual",
        [("2027/01/02",)],
        "ALTER-SESSION",
    ),
    Steps(
        _DEFINE,
        "ALTER SESSION SET CURRENT_SCHEMA",
        ("ALTER SESSION SET CURRENT_SCHEMA = DMSUSER",),
        "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual",
        [("DMSUSER",)],
        "ALTER-SESSION",
    ),
]
