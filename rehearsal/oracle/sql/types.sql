-- Oracle's types that PostgreSQL lacks, its conversions, and the operators that compute as Oracle's do.
CREATE SCHEMA "SYS";
GRANT USAGE ON SCHEMA "SYS" TO PUBLIC;
SET search_path = "SYS", pg_catalog;

-- DATE has a time of day but no fraction; a type of its own, so that functions and results can tell it from TIMESTAMP.
CREATE TYPE date;
CREATE FUNCTION datetime_in(cstring, oid, integer) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_in';
CREATE FUNCTION datetime_out(date) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_out';
CREATE TYPE date (INPUT = datetime_in, OUTPUT = datetime_out, LIKE = timestamp);
CREATE CAST (date AS timestamp) WITHOUT FUNCTION AS IMPLICIT;

-- CLOB cannot be compared or sorted (ORA-00932), so nothing turns it into text unasked.
CREATE TYPE clob;
CREATE FUNCTION clob_in(cstring) RETURNS clob LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION clob_out(clob) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE clob (INPUT = clob_in, OUTPUT = clob_out, LIKE = text);
CREATE CAST (clob AS text) WITHOUT FUNCTION AS ASSIGNMENT;

CREATE TYPE blob;
CREATE FUNCTION blob_in(cstring) RETURNS blob LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION blob_out(blob) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE blob (INPUT = blob_in, OUTPUT = blob_out, LIKE = bytea);
CREATE CAST (bytea AS blob) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (blob AS bytea) WITHOUT FUNCTION AS ASSIGNMENT;

-- National strings are types of their own, since they are measured in UTF-16; unasked they turn into the others.
DO $do$
DECLARE kind text; other text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['nvarchar2', 'nchar'] LOOP
    other := CASE kind WHEN 'nchar' THEN 'bpchar' ELSE 'text' END;
    EXECUTE format('CREATE TYPE "SYS".%s', kind);
    EXECUTE format('CREATE FUNCTION %s_in(cstring) RETURNS "SYS".%1$s LANGUAGE internal IMMUTABLE STRICT AS %L', kind, 'textin');
    EXECUTE format('CREATE FUNCTION %s_out("SYS".%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS %L', kind, 'textout');
    EXECUTE format('CREATE TYPE "SYS".%s (INPUT = %1$s_in, OUTPUT = %1$s_out, LIKE = text, COLLATABLE = true)', kind);
    EXECUTE format('CREATE CAST ("SYS".%s AS %s) WITHOUT FUNCTION AS IMPLICIT', kind, other);
  END LOOP;
END $do$;
CREATE CAST (nvarchar2 AS bpchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST ("SYS".nchar AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (nvarchar2 AS "SYS".nchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST ("SYS".nchar AS nvarchar2) WITHOUT FUNCTION AS IMPLICIT;
CREATE DOMAIN nclob AS clob;
CREATE FUNCTION units(t text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(t) + CASE WHEN octet_length(t) > char_length(t) THEN char_length(regexp_replace(t, '[^\U00010000-\U0010FFFF]', '', 'g')) ELSE 0 END $$;

-- They are sorted by UTF-16's units, of which those of a pair come before U+E000: so behind all other characters goes what is from there on.
CREATE FUNCTION by_units(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN t ~ '[\uE000-\uFFFF\U0010FFFF]'
  THEN regexp_replace(pg_catalog.replace(t, U&'\+10FFFF', U&'\+10FFFF\0001'), '([\uE000-\uFFFF])', U&'\+10FFFF\\1', 'g') ELSE t END $$;

-- TIMESTAMP WITH LOCAL TIME ZONE is PostgreSQL's own, by the session's zone.
CREATE FUNCTION session_minutes() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT extract(timezone FROM statement_timestamp())::integer OPERATOR(pg_catalog./) 60 $$;
-- TIMESTAMP WITH TIME ZONE keeps its offset; it is compared by its instant.
CREATE TYPE timestamptz AS (utc timestamp, minutes integer);
CREATE FUNCTION zoned(timestamp) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT CASE WHEN $1 IS NOT NULL THEN ROW($1 - make_interval(mins => session_minutes()), session_minutes())::timestamptz END $$;
CREATE FUNCTION zoned(date) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT zoned($1::timestamp) $$;
CREATE FUNCTION zoned(pg_catalog.timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT CASE WHEN $1 IS NOT NULL THEN ROW($1 AT TIME ZONE 'UTC', session_minutes())::timestamptz END $$;
CREATE FUNCTION local(date) RETURNS pg_catalog.timestamptz LANGUAGE sql STABLE AS $$ SELECT $1::timestamp::pg_catalog.timestamptz $$;
CREATE FUNCTION local(timestamptz) RETURNS pg_catalog.timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).utc AT TIME ZONE 'UTC' $$;
CREATE FUNCTION local_time(timestamptz) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).utc + make_interval(mins => ($1).minutes) $$;
CREATE FUNCTION from_tz(timestamp, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW($1 - zone::interval, extract(epoch FROM zone::interval)::integer / 60)::timestamptz $$;
CREATE CAST (timestamp AS timestamptz) WITH FUNCTION zoned(timestamp) AS IMPLICIT;
CREATE CAST (date AS timestamptz) WITH FUNCTION zoned(date) AS IMPLICIT;
CREATE CAST (pg_catalog.timestamptz AS timestamptz) WITH FUNCTION zoned(pg_catalog.timestamptz) AS IMPLICIT;
CREATE CAST (date AS pg_catalog.timestamptz) WITH FUNCTION local(date) AS ASSIGNMENT;
CREATE CAST (timestamptz AS pg_catalog.timestamptz) WITH FUNCTION local(timestamptz) AS ASSIGNMENT;
CREATE CAST (timestamptz AS timestamp) WITH FUNCTION local_time(timestamptz) AS ASSIGNMENT;

CREATE FUNCTION raise(number integer, message text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'OR000', MESSAGE = 'ORA-' || lpad(concat(number), 5, '0') || ': ' || message; END $$;

-- Strings. VARCHAR2 is PostgreSQL's text, CHAR its bpchar, and varchar is what is compared as either: USER, and CASE of CHARs, of
-- which the documentation does not say what it makes. A CHAR keeps its blanks when it is read as a string (PostgreSQL would strip them).
UPDATE pg_cast SET castfunc = 0, castmethod = 'b' WHERE castsource = 'bpchar'::regtype AND casttarget IN ('text'::regtype, 'varchar'::regtype);

-- A domain whose constraint is named as the error refuses a value at no cost, and PostgreSQL inlines what uses it: a function of
-- one SELECT, no more volatile than it says, that names an argument once or is given a cheap one.
CREATE DOMAIN concatenated AS text CONSTRAINT "ORA-01489: result of string concatenation is too long" CHECK (octet_length(VALUE) <= 4000);
-- The documentation does not say what the hash of NULL is.
CREATE DOMAIN hashed AS text CONSTRAINT "ORA-03001: unimplemented feature: STANDARD_HASH of NULL" CHECK (VALUE IS NOT NULL);
CREATE DOMAIN hashed_raw AS bytea CONSTRAINT "ORA-03001: unimplemented feature: STANDARD_HASH of NULL" CHECK (VALUE IS NOT NULL);

-- Numbers. A NUMBER has 20 base-100 digits; https://docs.oracle.com/database/121/SQLRF/sql_elements001.htm#SQLRF00222
CREATE FUNCTION fit(n numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF abs(n) < 1e20 AND scale(n) <= 18 THEN RETURN n; END IF;
  IF abs(n) >= 1e126 THEN PERFORM raise(1426, 'numeric overflow'); END IF;
  IF abs(n) < 1e-130 THEN RETURN 0; END IF;
  -- Below 1, the scale less the digits from the first that is not 0 is how many zeros come before that one.
  RETURN trim_scale(CASE WHEN abs(n) >= 1 THEN round(n, 40 - 2 * ((char_length(concat(trunc(abs(n)))) + 1) OPERATOR(pg_catalog./) 2))
    ELSE round(n, 40 + 2 * ((scale(n) - char_length(pg_catalog.ltrim(concat(abs(n)), '0.'))) OPERATOR(pg_catalog./) 2)) END);
END $$;
CREATE FUNCTION plus(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(a OPERATOR(pg_catalog.+) b) $$;
CREATE FUNCTION minus(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(a OPERATOR(pg_catalog.-) b) $$;
CREATE FUNCTION times(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(a OPERATOR(pg_catalog.*) b) $$;
-- A quotient that ends soon is one of few digits; 90 decimal places hold 40 digits of what numbers of middling size make.
CREATE FUNCTION divide(a numeric, b numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE short numeric := a OPERATOR(pg_catalog./) b;
BEGIN
  IF short OPERATOR(pg_catalog.*) b = a THEN RETURN CASE WHEN abs(short) < 1e20 AND scale(short) <= 18 THEN short ELSE fit(short) END; END IF;
  RETURN fit(round(a, CASE WHEN abs(b) < 1e20 AND abs(a) >= 1e-20 THEN 90 ELSE 170 END) OPERATOR(pg_catalog./) b);
END $$;
CREATE OPERATOR + (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = plus);
CREATE OPERATOR - (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = minus);
CREATE OPERATOR * (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = times);
CREATE OPERATOR / (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = divide);
CREATE FUNCTION digits(n numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT textin(numeric_out(trim_scale(n))) $$;
CREATE FUNCTION long_text(n numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF abs(n) >= 1e40 OR scale(trim_scale(n)) > 40 THEN PERFORM raise(3001, 'unimplemented feature: TO_CHAR of a number that needs an exponent'); END IF;
  RETURN regexp_replace(digits(n), '^(-?)0\.', '\1.');
END $$;
CREATE FUNCTION txt(n numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN scale(n) > 40 THEN long_text(n) WHEN abs(n) >= 1 AND abs(n) < 1e40 OR n = 0 THEN digits(n)
    WHEN n > 0 AND n < 1 THEN pg_catalog.substr(digits(n), 2) WHEN n > -1 AND n < 0 THEN '-' || pg_catalog.substr(digits(n), 3) ELSE long_text(n) END $$;
-- PostgreSQL reads a number as Oracle does, but for infinity, NaN, tabs and the like.
CREATE DOMAIN number_text AS text CONSTRAINT "ORA-01722: invalid number" CHECK (translate(VALUE, '0123456789.-+eE ', '') = '');
CREATE FUNCTION read_number(t text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF octet_length(t) <= 38 AND translate(t, '0123456789.-+ ', '') = '' THEN RETURN numeric_in(textout(t), 0, -1); END IF;
  RETURN fit(numeric_in(textout(t::number_text::text), 0, -1));
END $$;
-- A text with no exponent and no more digits than a NUMBER has needs no rounding.
CREATE FUNCTION to_number(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN octet_length(t) <= 38 AND translate(t, '0123456789.-+ ', '') = '' THEN numeric_in(textout(t), 0, -1) ELSE read_number(t) END $$;
CREATE FUNCTION to_number_of(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT read_number(t) $$;
CREATE FUNCTION to_number_of(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT n $$;
CREATE FUNCTION to_number(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT n $$;

CREATE FUNCTION significant(n numeric, digits integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN n = 0 THEN n ELSE trim_scale(round(n, digits - 1 - floor(log(abs(n)))::integer)) END $$;

-- BINARY_FLOAT and BINARY_DOUBLE are float4 and float8. PostgreSQL refuses what overflows, where Oracle makes it infinite, and 0 of
-- what is too small. How they are computed with and printed is left to Oracle.
CREATE FUNCTION to_double(n numeric) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN abs(n) < 1e-323 THEN 0 ELSE float8in(numeric_out(n)) END $$;
CREATE FUNCTION to_float(n numeric) RETURNS float4 LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN abs(n) < 7.1e-46 THEN 0::float4 WHEN abs(n) >= 340282356779733661637539395458142568448 THEN float4in(textout(CASE WHEN n < 0 THEN '-inf' ELSE 'inf' END)) ELSE float4in(numeric_out(n)) END $$;
CREATE FUNCTION to_float(d float8) RETURNS float4 LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN abs(d) < 'Infinity' THEN to_float(numeric_in(float8out(d), 0, -1)) ELSE float4in(float8out(d)) END $$;
CREATE FUNCTION unknown_digits(d float8) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN PERFORM raise(3001, 'unimplemented feature: BINARY_FLOAT or BINARY_DOUBLE to NUMBER'); END $$;
CREATE FUNCTION unknown_digits(d float4) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT unknown_digits(d::float8) $$;
CREATE FUNCTION read_double(t text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF t ~* '^ *[-+]?(inf|nan)' THEN PERFORM raise(3001, 'unimplemented feature: a string as infinity or NaN'); END IF;
  RETURN float8in(textout(t::number_text::text));
EXCEPTION WHEN numeric_value_out_of_range THEN
  PERFORM raise(3001, 'unimplemented feature: a string as a number beyond BINARY_DOUBLE');
END $$;
CREATE FUNCTION read_float(t text) RETURNS float4 LANGUAGE sql IMMUTABLE AS $$ SELECT to_float(read_double(t)) $$;
UPDATE pg_cast SET castfunc = CASE casttarget WHEN 'float4'::regtype THEN 'to_float(numeric)'::regprocedure ELSE 'to_double(numeric)'::regprocedure END
  WHERE castsource = 'numeric'::regtype AND casttarget IN ('float4'::regtype, 'float8'::regtype);
UPDATE pg_cast SET castfunc = 'to_float(float8)'::regprocedure WHERE castsource = 'float8'::regtype AND casttarget = 'float4'::regtype;
UPDATE pg_cast SET castfunc = CASE castsource WHEN 'float4'::regtype THEN 'unknown_digits(float4)'::regprocedure ELSE 'unknown_digits(float8)'::regprocedure END
  WHERE casttarget = 'numeric'::regtype AND castsource IN ('float4'::regtype, 'float8'::regtype);
CREATE FUNCTION no_arithmetic(a float8, b float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN PERFORM raise(3001, 'unimplemented feature: arithmetic of BINARY_FLOAT or BINARY_DOUBLE'); END $$;
CREATE FUNCTION no_arithmetic(a float4, b float4) RETURNS float4 LANGUAGE sql IMMUTABLE AS $$ SELECT no_arithmetic(a::float8, b::float8)::float4 $$;
DO $do$
DECLARE operator text; kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['float4', 'float8'] LOOP
    FOREACH operator IN ARRAY ARRAY['+', '-', '*', '/'] LOOP
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %2$s, FUNCTION = no_arithmetic)', operator, kind);
    END LOOP;
  END LOOP;
END $do$;

-- Datetimes as text, by the session's NLS formats (kept in settings of this name, in PostgreSQL's spelling).
CREATE FUNCTION txt(d date) RETURNS text LANGUAGE sql STABLE AS $$ SELECT to_char(d::timestamp, current_setting('oracle.nls_date_format')) $$;
CREATE DOMAIN timestamp_model AS text CONSTRAINT "ORA-03001: unimplemented feature: TIMESTAMP to string by FF" CHECK (VALUE <> '');
CREATE FUNCTION printed(t timestamp, model text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT to_char(t, model::timestamp_model) $$;
CREATE FUNCTION txt(t timestamp) RETURNS text LANGUAGE sql STABLE AS $$ SELECT printed(t, current_setting('oracle.nls_timestamp_format')) $$;
CREATE FUNCTION txt(t timestamptz) RETURNS text LANGUAGE sql STABLE AS $$ SELECT printed(local_time(t), current_setting('oracle.nls_timestamp_tz_format')) $$;
CREATE FUNCTION txt(t pg_catalog.timestamptz) RETURNS text LANGUAGE sql STABLE AS $$ SELECT txt(t::timestamp) $$;
CREATE FUNCTION txt(r bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper(encode(r, 'hex')) $$;
CREATE FUNCTION txt(c clob) RETURNS clob LANGUAGE sql IMMUTABLE AS $$ SELECT c $$;
CREATE FUNCTION txt(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT t $$;
CREATE FUNCTION txt(c bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT c $$;
CREATE FUNCTION txt(v varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT v $$;
CREATE FUNCTION txt(n nvarchar2) RETURNS nvarchar2 LANGUAGE sql IMMUTABLE AS $$ SELECT n $$;
CREATE FUNCTION txt(n "SYS".nchar) RETURNS "SYS".nchar LANGUAGE sql IMMUTABLE AS $$ SELECT n $$;

CREATE FUNCTION truncated(text, timestamp) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_trunc';
CREATE FUNCTION as_date(timestamp) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('second', $1) $$;
CREATE FUNCTION as_date(timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('second', local_time($1)) $$;
CREATE FUNCTION as_date(pg_catalog.timestamptz) RETURNS date LANGUAGE sql STABLE AS $$ SELECT truncated('second', $1::timestamp) $$;
-- Strings as datetimes, element by element of a format model (see formats.py).
-- https://docs.oracle.com/database/121/SQLRF/sql_elements004.htm#SQLRF00215 (String-to-Date Conversion Rules)
CREATE FUNCTION require(holds boolean, number integer, message text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN IF NOT holds THEN PERFORM raise(number, message); END IF; END $$;
CREATE FUNCTION read_datetime(t text, elements text[], today timestamp) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  months text := 'JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER';
  numeric_fields text := '^(YYYY|YY|RR|MM|DD|HH24|HH12|MI|SS|FF[1-6])$';
  rest text := t; element text; part text; n integer; half text; fraction text := '0';
  year integer := extract(year FROM today); month integer := extract(month FROM today); day integer := 1; hour integer := 0; minute integer := 0; second integer := 0;
BEGIN
  FOR at IN 1 .. cardinality(elements) LOOP
    element := elements[at];
    IF rest = '' THEN
      PERFORM require(element !~ '^(YYYY|YY|RR|MM|MON|MONTH|DD)$', 1840, 'input value not long enough for date format');
      PERFORM require(element <> 'AM', 3001, 'unimplemented feature: AM or PM left out of a datetime');
      CONTINUE;
    END IF;
    part := CASE
      WHEN element IN ('MON', 'MONTH') OR element = 'MM' AND rest ~ '^[A-Za-z]' THEN
        substring(pg_catalog.upper(rest) FROM '^(?:' || months || '|' || regexp_replace(months, '([A-Z]{3})[A-Z]*', '\1', 'g') || ')')
      WHEN element = 'AM' THEN substring(pg_catalog.upper(rest) FROM '^[AP]M')
      WHEN element ~ numeric_fields THEN substring(rest FROM '^[0-9]{1,' || CASE WHEN element = 'YYYY' OR element IN ('YY', 'RR') AND rest ~ '^[0-9]{4}([^0-9]|$)' THEN '4'
        WHEN element ~ '^FF' THEN pg_catalog.right(element, 1) ELSE '2' END || '}')
      WHEN element LIKE '''%' THEN CASE WHEN starts_with(rest, pg_catalog.substr(element, 2)) THEN pg_catalog.substr(element, 2) END
      ELSE substring(rest FROM '^[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]') END;
    IF part IS NULL THEN
      PERFORM require(element !~ '^[A-Z]' OR rest !~ '^\s', 3001, 'unimplemented feature: more blanks in a datetime than in its format');
      PERFORM require(element NOT IN ('MON', 'MONTH') AND (element <> 'MM' OR rest !~ '^[A-Za-z]'), 1843, 'not a valid month');
      PERFORM require(element <> 'AM', 1855, 'AM/A.M. or PM/P.M. required');
      PERFORM require(element !~ '^[A-Z]', 1858, 'a non-numeric character was found where a numeric was expected');
      PERFORM require(rest !~ '^[0-9]' OR elements[at + 1] !~ numeric_fields, 3001, 'unimplemented feature: a datetime without the punctuation of its format');
      PERFORM raise(1861, 'literal does not match format string');
    END IF;
    rest := pg_catalog.substr(rest, char_length(part) + 1);
    n := CASE WHEN part ~ '^[0-9]+$' THEN part::integer WHEN element ~ '^M' THEN (2 + strpos('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', pg_catalog.left(part, 3))) OPERATOR(pg_catalog./) 3 END;
    CASE
      WHEN element IN ('YYYY', 'RR', 'YY') THEN
        PERFORM require(element = 'YYYY' OR char_length(part) <> 1, 3001, 'unimplemented feature: a year of one digit for ' || element);
        IF element <> 'YYYY' AND char_length(part) = 2 THEN
          -- The century of today, or for RR the one in which the year is nearer.
          n := n + 100 * ((year OPERATOR(pg_catalog./) 100) + CASE WHEN element = 'YY' THEN 0 ELSE (year % 100 >= 50 AND n < 50)::integer - (year % 100 < 50 AND n >= 50)::integer END);
        END IF;
        year := n;
        PERFORM require(n > 0, 1841, '(full) year must be between -4713 and +9999, and not be 0');
      WHEN element IN ('MM', 'MON', 'MONTH') THEN month := n; PERFORM require(n BETWEEN 1 AND 12, 1843, 'not a valid month');
      WHEN element = 'DD' THEN day := n; PERFORM require(n BETWEEN 1 AND 31, 1847, 'day of month must be between 1 and last day of month');
      WHEN element = 'HH24' THEN hour := n; PERFORM require(n <= 23, 1850, 'hour must be between 0 and 23');
      WHEN element = 'HH12' THEN hour := n % 12; PERFORM require(n BETWEEN 1 AND 12, 1849, 'hour must be between 1 and 12');
      WHEN element = 'MI' THEN minute := n; PERFORM require(n <= 59, 1851, 'minutes must be between 0 and 59');
      WHEN element = 'SS' THEN second := n; PERFORM require(n <= 59, 1852, 'seconds must be between 0 and 59');
      WHEN element ~ '^FF[1-6]$' THEN fraction := part; PERFORM require(rest !~ '^[0-9]', 3001, 'unimplemented feature: more digits of a second than ' || element);
      WHEN element = 'AM' THEN half := part;
      ELSE NULL;
    END CASE;
  END LOOP;
  PERFORM require(rest !~ '^\s+$', 3001, 'unimplemented feature: more blanks in a datetime than in its format');
  PERFORM require(rest = '', 1830, 'date format picture ends before converting entire input string');
  PERFORM require(day <= extract(day FROM make_date(year, month, 1)::timestamp + interval '1 month' - interval '1 day'), 1839, 'date not valid for month specified');
  RETURN make_timestamp(year, month, day, hour + CASE half WHEN 'PM' THEN 12 ELSE 0 END, minute, (second || '.' || fraction)::double precision);
END $$;
CREATE FUNCTION session_elements(name text) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM require(current_setting(name) <> '{}', 3001, 'unimplemented feature: reading a datetime by the session''s format');
  RETURN current_setting(name)::text[];
END $$;
CREATE FUNCTION to_timestamp(t text, elements text[]) RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT read_datetime(t, elements, statement_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION to_date(t text, elements text[]) RETURNS date LANGUAGE sql STABLE AS $$ SELECT as_date(to_timestamp(t, elements)) $$;
CREATE FUNCTION to_timestamp(t text) RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT to_timestamp(t, session_elements('oracle.nls_timestamp_input')) $$;
CREATE FUNCTION to_date(t text) RETURNS date LANGUAGE sql STABLE AS $$ SELECT to_date(t, session_elements('oracle.nls_date_input')) $$;

-- What Oracle converts unasked when a value is assigned. (PostgreSQL calls these for explicit casts too.)
CREATE FUNCTION no_blob(t text) RETURNS blob LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN PERFORM raise(3001, 'unimplemented feature: a string as a BLOB'); END $$;
CREATE FUNCTION no_local(t text) RETURNS pg_catalog.timestamptz LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN PERFORM raise(3001, 'unimplemented feature: a string as a TIMESTAMP WITH LOCAL TIME ZONE'); END $$;
CREATE FUNCTION no_zoned(t text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN PERFORM raise(3001, 'unimplemented feature: a string as a TIMESTAMP WITH TIME ZONE'); END $$;
CREATE FUNCTION to_raw(t text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF t !~ '^([0-9A-Fa-f]{2})+$' THEN PERFORM raise(1465, 'invalid hex number'); END IF;
  RETURN decode(t, 'hex');
END $$;
DO $do$
DECLARE kind text; string text; refusal text;
BEGIN
  -- Without these PostgreSQL would assign what it prints itself.
  FOREACH string IN ARRAY ARRAY['text', 'bpchar', 'nvarchar2', 'nchar'] LOOP
    FOREACH kind IN ARRAY ARRAY['numeric', 'date', 'timestamp', 'timestamptz', 'pg_catalog.timestamptz', 'bytea', 'float4', 'float8', 'blob'] LOOP
      refusal := CASE WHEN kind LIKE 'float%' THEN $$3001, 'unimplemented feature: a string of a BINARY_FLOAT or BINARY_DOUBLE'$$ WHEN kind = 'blob' THEN $$932, 'inconsistent datatypes: expected CHAR got BLOB'$$ END;
      EXECUTE format(CASE WHEN refusal IS NULL THEN 'CREATE FUNCTION to_%s(a %s) RETURNS %s LANGUAGE sql STABLE AS $$ SELECT txt(a)::%3$s $$'
        ELSE 'CREATE FUNCTION to_%s(a %s) RETURNS %s LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN PERFORM raise(%s); END $$' END,
        string, kind, replace(string, 'nchar', '"SYS".nchar'), refusal);
      EXECUTE format('CREATE CAST (%s AS %s) WITH FUNCTION to_%s(%1$s) AS ASSIGNMENT', kind, replace(string, 'nchar', '"SYS".nchar'), string);
    END LOOP;
  END LOOP;
  FOREACH kind IN ARRAY ARRAY['text', 'bpchar', 'varchar'] LOOP
    EXECUTE format('CREATE CAST (%s AS nvarchar2) WITHOUT FUNCTION AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS "SYS".nchar) WITHOUT FUNCTION AS ASSIGNMENT', kind);
  END LOOP;
  FOREACH kind IN ARRAY ARRAY['text', 'bpchar', 'varchar', 'nvarchar2', '"SYS".nchar'] LOOP
    EXECUTE format('CREATE CAST (%s AS numeric) WITH FUNCTION to_number(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS blob) WITH FUNCTION no_blob(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS float8) WITH FUNCTION read_double(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS float4) WITH FUNCTION read_float(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS bytea) WITH FUNCTION to_raw(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS date) WITH FUNCTION to_date(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS timestamp) WITH FUNCTION to_timestamp(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS pg_catalog.timestamptz) WITH FUNCTION no_local(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS timestamptz) WITH FUNCTION no_zoned(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS clob) WITHOUT FUNCTION AS ASSIGNMENT', kind);
  END LOOP;
END $do$;
CREATE CAST (clob AS nvarchar2) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (timestamp AS date) WITH FUNCTION as_date(timestamp) AS ASSIGNMENT;
CREATE CAST (pg_catalog.timestamptz AS date) WITH FUNCTION as_date(pg_catalog.timestamptz) AS ASSIGNMENT;
CREATE CAST (timestamptz AS date) WITH FUNCTION as_date(timestamptz) AS ASSIGNMENT;

-- DATE arithmetic is in days. https://docs.oracle.com/database/121/SQLRF/sql_elements001.htm#SQLRF00205
CREATE DOMAIN within_years AS timestamp CONSTRAINT "ORA-01841" CHECK (VALUE < '10000-01-01') CONSTRAINT "ORA-03001: unimplemented feature: a year before 1" CHECK (VALUE >= '0001-01-01');
CREATE FUNCTION add_days(date, numeric) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT as_date(($1::timestamp + pg_catalog.round($2 OPERATOR(pg_catalog.*) 86400)::double precision * interval '1 second')::within_years::timestamp) $$;
CREATE FUNCTION add_days(numeric, date) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT add_days($2, $1) $$;
CREATE FUNCTION minus_days(date, numeric) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT add_days($1, - $2) $$;
CREATE FUNCTION days_between(date, date) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT divide(extract(epoch FROM $1::timestamp - $2::timestamp), 86400) $$;
CREATE OPERATOR + (LEFTARG = date, RIGHTARG = numeric, FUNCTION = add_days);
CREATE OPERATOR + (LEFTARG = numeric, RIGHTARG = date, FUNCTION = add_days);
CREATE OPERATOR - (LEFTARG = date, RIGHTARG = numeric, FUNCTION = minus_days);
CREATE OPERATOR - (LEFTARG = date, RIGHTARG = date, FUNCTION = days_between);

CREATE FUNCTION in_full(c bpchar, other bpchar) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT rpad(c::text, GREATEST(char_length(c::text), char_length(other::text))) $$;
CREATE FUNCTION either_way(padded boolean, plain boolean) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF padded <> plain THEN PERFORM raise(3001, 'unimplemented feature: comparing USER, or what CASE or COALESCE makes of CHARs, where blanks at the end decide'); END IF;
  RETURN plain;
END $$;

-- Comparisons and arithmetic of unlike types: Oracle converts the string.
-- https://docs.oracle.com/database/121/SQLRF/sql_elements002.htm#SQLRF00214
DO $do$
DECLARE
  operator text; function_name text; kind text; pair text; comparison text;
BEGIN
  FOREACH operator IN ARRAY ARRAY['=', '<>', '<', '<=', '>', '>='] LOOP
    function_name := 'compare_' || array_position(ARRAY['=', '<>', '<', '<=', '>', '>='], operator);
    FOREACH kind IN ARRAY ARRAY['numeric', 'date', 'timestamp'] LOOP
      EXECUTE format('CREATE FUNCTION %1$I(a %2$s, b text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT a %3$s to_%4$s(b) $$', function_name, kind, operator, replace(kind, 'numeric', 'number'));
      EXECUTE format('CREATE FUNCTION %1$I(a text, b %2$s) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT to_%4$s(a) %3$s b $$', function_name, kind, operator, replace(kind, 'numeric', 'number'));
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = text, FUNCTION = %I)', operator, kind, function_name);
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = text, RIGHTARG = %s, FUNCTION = %I)', operator, kind, function_name);
    END LOOP;
    EXECUTE format('CREATE FUNCTION %I(date, date) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS %L', function_name,
      'timestamp_' || (ARRAY['eq', 'ne', 'lt', 'le', 'gt', 'ge'])[right(function_name, 1)::integer]);
    EXECUTE format('CREATE OPERATOR %s (LEFTARG = date, RIGHTARG = date, FUNCTION = %I)', operator, function_name);
    -- A CHAR and a VARCHAR2 are compared without blank-padding, two CHARs with it (PostgreSQL's < sorts a blank below all else).
    EXECUTE format('CREATE FUNCTION %I(a bpchar, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a::text %s b $$', function_name, operator);
    EXECUTE format('CREATE FUNCTION %I(a text, b bpchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a %s b::text $$', function_name, operator);
    EXECUTE format('CREATE OPERATOR %s (LEFTARG = bpchar, RIGHTARG = text, FUNCTION = %I)', operator, function_name);
    EXECUTE format('CREATE OPERATOR %s (LEFTARG = text, RIGHTARG = bpchar, FUNCTION = %I)', operator, function_name);
    IF operator NOT IN ('=', '<>') THEN
      EXECUTE format('CREATE FUNCTION %I(a bpchar, b bpchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT in_full(a, b) %s in_full(b, a) $$', function_name, operator);
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = bpchar, RIGHTARG = bpchar, FUNCTION = %I)', operator, function_name);
    END IF;
    FOREACH pair IN ARRAY ARRAY['varchar,bpchar', 'bpchar,varchar', 'varchar,varchar'] LOOP
      EXECUTE format('CREATE FUNCTION %I(a %s, b %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT either_way(a::bpchar %4$s b::bpchar, a::text %4$s b::text) $$',
        function_name, split_part(pair, ',', 1), split_part(pair, ',', 2), operator);
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %I)', operator, split_part(pair, ',', 1), split_part(pair, ',', 2), function_name);
    END LOOP;
    FOREACH pair IN ARRAY ARRAY['nchar,bpchar', 'bpchar,nchar', 'nchar,nchar', 'nchar,text', 'text,nchar', 'nvarchar2,nvarchar2', 'nvarchar2,nchar',
      'nchar,nvarchar2', 'nvarchar2,text', 'text,nvarchar2', 'nvarchar2,bpchar', 'bpchar,nvarchar2', 'nvarchar2,varchar', 'varchar,nvarchar2'] LOOP
      comparison := CASE WHEN pair ~ 'text|varchar' THEN 'by_units(a::text) %s by_units(b::text)' ELSE 'by_units(in_full(a::bpchar, b::bpchar)) %s by_units(in_full(b::bpchar, a::bpchar))' END;
      pair := replace(pair, 'nchar', '"SYS".nchar');
      -- What is inlined no index finds, so that equality is PostgreSQL's own.
      EXECUTE format(CASE WHEN operator IN ('=', '<>') AND pair LIKE '%%nvarchar2%%' THEN 'CREATE FUNCTION %I(a %s, b %s) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS %L'
        ELSE 'CREATE FUNCTION %I(a %s, b %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT %5$s $$' END, function_name, split_part(pair, ',', 1), split_part(pair, ',', 2),
        CASE operator WHEN '=' THEN 'texteq' ELSE 'textne' END, format(comparison, operator));
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %I%s)', operator, split_part(pair, ',', 1), split_part(pair, ',', 2), function_name,
        CASE operator WHEN '=' THEN ', RESTRICT = eqsel, JOIN = eqjoinsel' ELSE '' END || CASE operator || pair WHEN '=nvarchar2,nvarchar2' THEN ', COMMUTATOR = =, HASHES' ELSE '' END);
    END LOOP;
    EXECUTE format('CREATE FUNCTION %I(a timestamptz, b timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT (a).utc %s (b).utc $$', function_name, operator);
    EXECUTE format('CREATE OPERATOR %s (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = %I)', operator, function_name);
  END LOOP;
  FOREACH operator IN ARRAY ARRAY['+', '-', '*', '/'] LOOP
    function_name := 'compute_' || array_position(ARRAY['+', '-', '*', '/'], operator);
    FOREACH kind IN ARRAY ARRAY['numeric', 'text'] LOOP
      EXECUTE format('CREATE FUNCTION %I(a %s, b text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT to_number(a) %s to_number(b) $$', function_name, kind, operator);
      EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = text, FUNCTION = %I)', operator, kind, function_name);
    END LOOP;
    EXECUTE format('CREATE FUNCTION %I(a text, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT to_number(a) %s b $$', function_name, operator);
    EXECUTE format('CREATE OPERATOR %s (LEFTARG = text, RIGHTARG = numeric, FUNCTION = %I)', operator, function_name);
  END LOOP;
END $do$;
CREATE FUNCTION smaller(date, date) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_smaller';
CREATE FUNCTION larger(date, date) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_larger';
CREATE FUNCTION smaller(varchar, varchar) RETURNS varchar LANGUAGE internal IMMUTABLE STRICT AS 'text_smaller';
CREATE FUNCTION larger(varchar, varchar) RETURNS varchar LANGUAGE internal IMMUTABLE STRICT AS 'text_larger';
DO $do$
DECLARE kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['timestamptz', 'nvarchar2', '"SYS".nchar'] LOOP
    EXECUTE format('CREATE FUNCTION compare(a %s, b %1$s) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN CASE WHEN a < b THEN -1 WHEN a > b THEN 1 ELSE 0 END; END $$', kind);
    EXECUTE format('CREATE OPERATOR CLASS %I DEFAULT FOR TYPE %s USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 compare(%2$s, %2$s)', 'of ' || kind, kind);
    EXECUTE format('CREATE FUNCTION smaller(a %s, b %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT CASE WHEN b < a THEN b ELSE a END $$', kind);
    EXECUTE format('CREATE FUNCTION larger(a %s, b %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT CASE WHEN b > a THEN b ELSE a END $$', kind);
  END LOOP;
  CREATE FUNCTION hash(nvarchar2) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'hashtext';
  CREATE OPERATOR CLASS hashed DEFAULT FOR TYPE nvarchar2 USING hash AS OPERATOR 1 =, FUNCTION 1 hash(nvarchar2);
  FOREACH kind IN ARRAY ARRAY['text', 'bpchar', '"SYS".nchar'] LOOP
    EXECUTE format('CREATE FUNCTION compare(a nvarchar2, b %s) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN CASE WHEN a < b THEN -1 WHEN a > b THEN 1 ELSE 0 END; END $$', kind);
    EXECUTE format('ALTER OPERATOR FAMILY "of nvarchar2" USING btree ADD OPERATOR 3 = (nvarchar2, %s), FUNCTION 1 (nvarchar2, %1$s) compare(nvarchar2, %1$s)', kind);
  END LOOP;
  FOREACH kind IN ARRAY ARRAY['date', 'timestamptz', 'varchar', 'nvarchar2', '"SYS".nchar'] LOOP
    EXECUTE format('CREATE AGGREGATE min(%s) (SFUNC = smaller, STYPE = %1$s)', kind);
    EXECUTE format('CREATE AGGREGATE max(%s) (SFUNC = larger, STYPE = %1$s)', kind);
  END LOOP;
END $do$;
