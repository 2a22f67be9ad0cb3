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

-- TIMESTAMP WITH TIME ZONE keeps its offset; it is compared by its instant.
CREATE TYPE timestamptz AS (utc timestamp, minutes integer);
CREATE FUNCTION at_utc(timestamp) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 IS NOT NULL THEN ROW($1, 0)::timestamptz END $$;
CREATE FUNCTION at_utc(date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT at_utc($1::timestamp) $$;
CREATE FUNCTION local_time(timestamptz) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).utc + make_interval(mins => ($1).minutes) $$;
CREATE FUNCTION from_tz(timestamp, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW($1 - zone::interval, extract(epoch FROM zone::interval)::integer / 60)::timestamptz $$;
CREATE CAST (timestamp AS timestamptz) WITH FUNCTION at_utc(timestamp) AS IMPLICIT;
CREATE CAST (date AS timestamptz) WITH FUNCTION at_utc(date) AS IMPLICIT;
CREATE CAST (timestamptz AS timestamp) WITH FUNCTION local_time(timestamptz) AS ASSIGNMENT;

CREATE FUNCTION raise(number integer, message text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'OR000', MESSAGE = 'ORA-' || lpad(concat(number), 5, '0') || ': ' || message; END $$;

-- Strings. VARCHAR2 is PostgreSQL's text, CHAR its bpchar, and varchar is what is compared as either: USER, and CASE of CHARs, of
-- which the documentation does not say what it makes. A CHAR keeps its blanks when it is read as a string (PostgreSQL would strip them).
UPDATE pg_cast SET castfunc = 0, castmethod = 'b' WHERE castsource = 'bpchar'::regtype AND casttarget IN ('text'::regtype, 'varchar'::regtype);

-- Numbers. A NUMBER has 20 base-100 digits; https://docs.oracle.com/database/121/SQLRF/sql_elements001.htm#SQLRF00222
CREATE FUNCTION fit(n numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF abs(n) < 1e20 AND scale(n) <= 18 THEN RETURN n; END IF;
  IF abs(n) >= 1e126 THEN PERFORM raise(1426, 'numeric overflow'); END IF;
  IF abs(n) < 1e-130 THEN RETURN 0; END IF;
  RETURN trim_scale(CASE WHEN abs(n) >= 1 THEN round(n, 40 - 2 * ((char_length(concat(trunc(abs(n)))) + 1) OPERATOR(pg_catalog./) 2))
    ELSE round(n, 40 + 2 * ((-1 - floor(log(abs(n)))::integer) OPERATOR(pg_catalog./) 2)) END);
END $$;
CREATE FUNCTION plus(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(a OPERATOR(pg_catalog.+) b) $$;
CREATE FUNCTION minus(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(a OPERATOR(pg_catalog.-) b) $$;
CREATE FUNCTION times(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(a OPERATOR(pg_catalog.*) b) $$;
CREATE FUNCTION divide(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT fit(round(a, 170) OPERATOR(pg_catalog./) b) $$;
CREATE OPERATOR + (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = plus);
CREATE OPERATOR - (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = minus);
CREATE OPERATOR * (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = times);
CREATE OPERATOR / (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = divide);
CREATE FUNCTION long_text(n numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF abs(n) >= 1e40 OR scale(trim_scale(n)) > 40 THEN PERFORM raise(3001, 'unimplemented feature: TO_CHAR of a number that needs an exponent'); END IF;
  RETURN concat(trim_scale(n));
END $$;
CREATE FUNCTION txt(n numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(CASE WHEN abs(n) < 1e15 AND scale(n) < 20 THEN concat(trim_scale(n)) ELSE long_text(n) END, '^(-?)0\.', '\1.') WHERE n IS NOT NULL $$;
CREATE FUNCTION to_number(t text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF t !~ '^ *[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})? *$' THEN PERFORM raise(1722, 'invalid number'); END IF;
  RETURN fit(numeric_in(textout(t), 0, -1));
END $$;
CREATE FUNCTION to_number(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT n $$;

-- Datetimes as text, by the session's NLS formats (kept in settings of this name, in PostgreSQL's spelling).
CREATE FUNCTION txt(d date) RETURNS text LANGUAGE sql STABLE AS $$ SELECT to_char(d::timestamp, current_setting('oracle.nls_date_format')) $$;
CREATE FUNCTION printed(t timestamp, model text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  IF model = '' THEN PERFORM raise(3001, 'unimplemented feature: a TIMESTAMP as a string by a format with FF: its digits depend on the column, say FF1 to FF6'); END IF;
  RETURN to_char(t, model);
END $$;
CREATE FUNCTION txt(t timestamp) RETURNS text LANGUAGE sql STABLE AS $$ SELECT printed(t, current_setting('oracle.nls_timestamp_format')) $$;
CREATE FUNCTION txt(t timestamptz) RETURNS text LANGUAGE sql STABLE AS $$ SELECT printed(local_time(t), current_setting('oracle.nls_timestamp_tz_format')) $$;
CREATE FUNCTION txt(r bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper(encode(r, 'hex')) $$;
CREATE FUNCTION txt(c clob) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT c::text $$;
CREATE FUNCTION txt(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT t $$;
CREATE FUNCTION txt(c bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT c $$;
CREATE FUNCTION txt(v varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT v $$;

CREATE FUNCTION truncated(text, timestamp) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_trunc';
CREATE FUNCTION as_date(timestamp) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('second', $1) $$;
CREATE FUNCTION as_date(timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('second', local_time($1)) $$;
CREATE FUNCTION read_datetime(t text, format text, pattern text) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE found timestamp;
BEGIN
  IF t !~ pattern THEN PERFORM raise(1861, 'literal does not match format string'); END IF;
  found := to_timestamp(t, format)::timestamp;
  -- RR reads 50 to 99 as the last century, PostgreSQL's YY only 70 to 99.
  RETURN found - CASE WHEN format ~ 'YY' AND format !~ 'YYYY' AND found >= '2050-01-01' THEN interval '100 years' ELSE interval '0' END;
END $$;
CREATE FUNCTION to_timestamp(t text) RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT read_datetime(t, current_setting('oracle.nls_timestamp_input'), current_setting('oracle.nls_timestamp_pattern')) $$;
CREATE FUNCTION to_date(t text) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT as_date(read_datetime(t, current_setting('oracle.nls_date_input'), current_setting('oracle.nls_date_pattern'))) $$;
CREATE FUNCTION to_timestamp(t text, format text, pattern text) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT read_datetime(t, format, pattern) $$;
CREATE FUNCTION to_date(t text, format text, pattern text) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT as_date(read_datetime(t, format, pattern)) $$;

-- What Oracle converts unasked when a value is assigned. (PostgreSQL calls these for explicit casts too.)
CREATE FUNCTION to_bpchar(n numeric) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT txt(n)::bpchar $$;
CREATE FUNCTION to_raw(t text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF t !~ '^([0-9A-Fa-f]{2})+$' THEN PERFORM raise(1465, 'invalid hex number'); END IF;
  RETURN decode(t, 'hex');
END $$;
DO $do$
DECLARE kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['text', 'bpchar', 'varchar'] LOOP
    EXECUTE format('CREATE CAST (%s AS numeric) WITH FUNCTION to_number(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS bytea) WITH FUNCTION to_raw(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS date) WITH FUNCTION to_date(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS timestamp) WITH FUNCTION to_timestamp(text) AS ASSIGNMENT', kind);
    EXECUTE format('CREATE CAST (%s AS clob) WITHOUT FUNCTION AS ASSIGNMENT', kind);
  END LOOP;
END $do$;
CREATE CAST (numeric AS text) WITH FUNCTION txt(numeric) AS ASSIGNMENT;
CREATE CAST (numeric AS bpchar) WITH FUNCTION to_bpchar(numeric) AS ASSIGNMENT;
CREATE CAST (date AS text) WITH FUNCTION txt(date) AS ASSIGNMENT;
CREATE CAST (timestamp AS text) WITH FUNCTION txt(timestamp) AS ASSIGNMENT;
CREATE CAST (bytea AS text) WITH FUNCTION txt(bytea) AS ASSIGNMENT;
CREATE CAST (timestamp AS date) WITH FUNCTION as_date(timestamp) AS ASSIGNMENT;
CREATE CAST (timestamptz AS date) WITH FUNCTION as_date(timestamptz) AS ASSIGNMENT;

-- DATE arithmetic is in days. https://docs.oracle.com/database/121/SQLRF/sql_elements001.htm#SQLRF00205
CREATE FUNCTION add_days(date, numeric) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT as_date($1::timestamp + round($2 * 86400)::double precision * interval '1 second') $$;
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
  operator text; function_name text; kind text; pair text;
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
CREATE FUNCTION compare(timestamptz, timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT timestamp_cmp(($1).utc, ($2).utc) $$;
CREATE OPERATOR CLASS by_instant DEFAULT FOR TYPE timestamptz USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 compare(timestamptz, timestamptz);

CREATE FUNCTION smaller(date, date) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_smaller';
CREATE FUNCTION larger(date, date) RETURNS date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_larger';
CREATE AGGREGATE min(date) (SFUNC = smaller, STYPE = date);
CREATE AGGREGATE max(date) (SFUNC = larger, STYPE = date);
CREATE FUNCTION smaller(timestamptz, timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT CASE WHEN $2 < $1 THEN $2 ELSE $1 END $$;
CREATE FUNCTION larger(timestamptz, timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT CASE WHEN $2 > $1 THEN $2 ELSE $1 END $$;
CREATE AGGREGATE min(timestamptz) (SFUNC = smaller, STYPE = timestamptz);
CREATE AGGREGATE max(timestamptz) (SFUNC = larger, STYPE = timestamptz);
CREATE FUNCTION smaller(varchar, varchar) RETURNS varchar LANGUAGE internal IMMUTABLE STRICT AS 'text_smaller';
CREATE FUNCTION larger(varchar, varchar) RETURNS varchar LANGUAGE internal IMMUTABLE STRICT AS 'text_larger';
CREATE AGGREGATE min(varchar) (SFUNC = smaller, STYPE = varchar);
CREATE AGGREGATE max(varchar) (SFUNC = larger, STYPE = varchar);
