-- Oracle's functions, under their own names. Every string function answers NULL where it would answer ''.
-- NVL and DECODE answer a VARCHAR2; what CASE answers is a CHAR or a VARCHAR2 (see types.sql).
CREATE FUNCTION varchar2(a anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION chosen(a anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION chosen(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION chosen(a bpchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT a::varchar $$;
CREATE FUNCTION chosen(a varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
-- Values of one type only are chosen from, and compared by CASE, NULLIF and DECODE; DECODE does not pad.
CREATE FUNCTION nvl(a anycompatible, b anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE AS $$ SELECT COALESCE(a, b) $$;
CREATE FUNCTION equal(a anycompatible, b anycompatible) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a = b $$;
CREATE FUNCTION same(a anycompatible, b anycompatible) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a IS NOT DISTINCT FROM b $$;
DO $do$
DECLARE a text; b text; result text;
BEGIN
  FOREACH a IN ARRAY ARRAY['text', 'bpchar', 'varchar'] LOOP
    EXECUTE format('CREATE FUNCTION varchar2(a %s) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a::text $$', a);
    FOREACH b IN ARRAY ARRAY['text', 'bpchar', 'varchar'] LOOP
      result := CASE WHEN 'text' IN (a, b) THEN 'text' WHEN 'varchar' IN (a, b) THEN 'varchar' ELSE 'bpchar' END;
      EXECUTE format('CREATE FUNCTION joined(a %s, b %s) RETURNS %s LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(COALESCE(a::text, %L) || COALESCE(b::text, %4$L), %4$L)::%3$s $$', a, b, result, '');
      EXECUTE format('CREATE FUNCTION nvl(a %s, b %s) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT COALESCE(a::text, b::text) $$', a, b);
      EXECUTE format('CREATE FUNCTION equal(a %s, b %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a = b $$', a, b);
      EXECUTE format('CREATE FUNCTION same(a %s, b %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a::text IS NOT DISTINCT FROM b::text $$', a, b);
    END LOOP;
  END LOOP;
END $do$;
CREATE FUNCTION escaped(pattern text, escape text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF char_length(escape) <> 1 THEN PERFORM raise(1425, 'escape character must be character string of length 1'); END IF;
  IF strpos(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pattern, escape || escape, ''), escape || '%', ''), escape || '_', ''), escape) > 0 THEN
    PERFORM raise(1424, 'missing or illegal character following the escape character');
  END IF;
  RETURN pattern;
END $$;
CREATE FUNCTION substr(t text, start numeric, size numeric DEFAULT 1e9) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN start IS NULL OR size IS NULL OR size < 1 OR - trunc(start) > char_length(t) THEN NULL
    WHEN start <= -1 THEN NULLIF(pg_catalog.substr(t, char_length(t) + trunc(start)::integer + 1, LEAST(pg_catalog.trunc(size), 1e9)::integer), '')
    ELSE NULLIF(pg_catalog.substr(t, LEAST(GREATEST(pg_catalog.trunc(start), 1), 1e9)::integer, LEAST(pg_catalog.trunc(size), 1e9)::integer), '') END $$;
CREATE FUNCTION substr(c clob, start numeric, size numeric DEFAULT 1e9) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substr(c::text, start, size) $$;
CREATE FUNCTION instr(t text, part text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT strpos(t, part)::numeric $$;
CREATE FUNCTION length(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(t)::numeric $$;
CREATE FUNCTION length(c clob) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(c::text)::numeric $$;
CREATE FUNCTION length(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(txt(n))::numeric $$;
CREATE FUNCTION lengthb(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT octet_length(t)::numeric $$;
CREATE FUNCTION upper(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.upper(t) $$;
CREATE FUNCTION upper(c bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.upper(c::text)::bpchar $$;
CREATE FUNCTION lower(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.lower(t) $$;
CREATE FUNCTION lower(c bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.lower(c::text)::bpchar $$;
CREATE FUNCTION ltrim(t text, what text DEFAULT ' ') RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(pg_catalog.ltrim(t, what), '') $$;
CREATE FUNCTION rtrim(t text, what text DEFAULT ' ') RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(pg_catalog.rtrim(t, what), '') $$;
CREATE FUNCTION trim_side(side text, t text, what text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF char_length(what) <> 1 THEN PERFORM raise(30001, 'trim set should have only one character'); END IF;
  RETURN NULLIF(CASE side WHEN 'LEADING' THEN pg_catalog.ltrim(t, what) WHEN 'TRAILING' THEN pg_catalog.rtrim(t, what) ELSE pg_catalog.btrim(t, what) END, '');
END $$;
-- Oracle pads to a width on the screen, where some characters take two places.
CREATE FUNCTION narrow(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF octet_length(t) > char_length(t) THEN PERFORM raise(3001, 'unimplemented feature: LPAD and RPAD of characters beyond ASCII'); END IF;
  RETURN t;
END $$;
CREATE FUNCTION lpad(t text, size numeric, fill text DEFAULT ' ') RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(pg_catalog.lpad(narrow(t), CASE WHEN size > 4000 THEN 4000 ELSE pg_catalog.trunc(size) END::integer, narrow(fill)), '') $$;
CREATE FUNCTION rpad(t text, size numeric, fill text DEFAULT ' ') RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(pg_catalog.rpad(narrow(t), CASE WHEN size > 4000 THEN 4000 ELSE pg_catalog.trunc(size) END::integer, narrow(fill)), '') $$;
CREATE FUNCTION replace(t text, old text, new text DEFAULT NULL) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(pg_catalog.replace(t, COALESCE(old, ''), COALESCE(new, '')), '') $$;
CREATE FUNCTION abs(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.abs(n) $$;
CREATE FUNCTION mod(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN b = 0 THEN a ELSE pg_catalog.mod(a, b) END $$;
CREATE FUNCTION round(n numeric, places numeric DEFAULT 0) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.round(n, pg_catalog.trunc(places)::integer) $$;
CREATE FUNCTION trunc(n numeric, places numeric DEFAULT 0) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.trunc(n, pg_catalog.trunc(places)::integer) $$;
CREATE FUNCTION round(d date) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('day', d::timestamp + interval '12 hours') $$;
CREATE FUNCTION trunc(t timestamp, format text DEFAULT 'DD') RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE unit text := CASE pg_catalog.upper(format)
  WHEN 'YYYY' THEN 'year' WHEN 'YEAR' THEN 'year' WHEN 'YY' THEN 'year' WHEN 'MM' THEN 'month'
  WHEN 'MON' THEN 'month' WHEN 'MONTH' THEN 'month' WHEN 'DD' THEN 'day' 
  WHEN 'HH' THEN 'hour' WHEN 'HH12' THEN 'hour' WHEN 'HH24' THEN 'hour' WHEN 'MI' THEN 'minute' END;
BEGIN
  IF unit IS NULL THEN PERFORM raise(3001, 'unimplemented feature: TRUNC to ' || format); END IF;
  RETURN truncated(unit, t);
END $$;
CREATE FUNCTION to_char_date(t timestamp, format text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT NULLIF(to_char(t, format), '') $$;
CREATE FUNCTION to_char_date(t timestamptz, format text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT to_char_date(local_time(t), format) $$;
CREATE FUNCTION to_char_date(d date, format text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  IF format ~ 'FF' THEN PERFORM raise(1821, 'date format not recognized'); END IF;
  RETURN to_char_date(d::timestamp, format);
END $$;
CREATE FUNCTION to_char_number(n numeric, format text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE digits text := to_char(n, format);
BEGIN
  IF n < 0 AND digits !~ '[1-9#]' THEN PERFORM raise(3001, 'unimplemented feature: TO_CHAR of a negative number that its format rounds to 0'); END IF;
  RETURN CASE WHEN digits LIKE '%#%' THEN repeat('#', char_length(pg_catalog.replace(format, 'FM', '')) + 1) ELSE digits END;
END $$;
-- Hexadecimal digits, 15 at a time so that each piece fits a bigint.
CREATE FUNCTION hex_piece(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT ('x' || pg_catalog.lpad(t, 16, '0'))::bit(64)::bigint::numeric $$;
CREATE FUNCTION from_hex(t text, width integer) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  value numeric := 0; padded text;
BEGIN
  IF char_length(t) > width OR t !~ '^[0-9A-Fa-f]+$' THEN PERFORM raise(1722, 'invalid number'); END IF;
  IF char_length(t) <= 15 THEN RETURN hex_piece(t); END IF;
  padded := pg_catalog.lpad(t, 60, '0');
  FOR piece IN 0..3 LOOP value := value * 1152921504606846976 + hex_piece(pg_catalog.substr(padded, piece * 15 + 1, 15)); END LOOP;
  RETURN value;
END $$;
-- The documentation does not say what the hash of NULL is, so it is refused.
CREATE FUNCTION no_hash(is_null boolean) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM raise(3001, 'unimplemented feature: STANDARD_HASH of NULL'); RETURN NULL; END $$;
CREATE FUNCTION hash_md5(t text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN t IS NULL THEN no_hash(t IS NULL) ELSE decode(md5(t), 'hex') END $$;
CREATE FUNCTION hash_sha256(t text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN t IS NULL THEN no_hash(t IS NULL) ELSE sha256(textsend(t)) END $$;
CREATE FUNCTION hash_md5(r bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN r IS NULL THEN no_hash(r IS NULL) ELSE decode(md5(r), 'hex') END $$;
CREATE FUNCTION hash_sha256(r bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN r IS NULL THEN no_hash(r IS NULL) ELSE sha256(r) END $$;
CREATE FUNCTION rawtohex(r bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT txt(r) $$;
CREATE FUNCTION sys_extract_utc(t timestamptz) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT (t).utc $$;
CREATE FUNCTION sysdate() RETURNS date LANGUAGE sql STABLE AS $$ SELECT as_date(statement_timestamp()::timestamp) $$;
CREATE FUNCTION systimestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT at_utc(statement_timestamp()::timestamp) $$;
CREATE FUNCTION shown(stored name) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN stored LIKE '~%' THEN pg_catalog.substr(stored::text, 2) ELSE stored::text END $$;
CREATE FUNCTION user_name() RETURNS text LANGUAGE sql STABLE AS $$ SELECT shown(current_user) $$;
CREATE FUNCTION sys_context(namespace text, parameter text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  known jsonb := jsonb_build_object('CURRENT_USER', user_name(), 'SESSION_USER', user_name(), 'CURRENT_SCHEMA', current_setting('oracle.schema'),
    'DB_NAME', 'XE', 'SERVICE_NAME', 'XE', 'INSTANCE_NAME', 'XE', 'DB_UNIQUE_NAME', 'XE', 'SID', concat(pg_backend_pid()), 'SESSIONID', concat(pg_backend_pid()));
BEGIN
  IF pg_catalog.upper(namespace) <> 'USERENV' OR NOT known ? pg_catalog.upper(parameter) THEN PERFORM raise(2003, 'invalid USERENV parameter'); END IF;
  RETURN known ->> pg_catalog.upper(parameter);
END $$;

-- Sequences. A missing one is found when the statement runs.
CREATE FUNCTION nextval(path text) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass(path) IS NULL THEN PERFORM raise(2289, 'sequence does not exist'); END IF;
  RETURN nextval(path::regclass);
END $$;

-- What holds strings to their lengths. (PostgreSQL would sort control characters at the end of a CHAR behind its blanks.)
CREATE FUNCTION bytes(text) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'textoctetlen';
CREATE FUNCTION bytes(bytea) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'byteaoctetlen';
CREATE FUNCTION characters(text) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'textlen';
CREATE FUNCTION too_large(actual integer, maximum integer, column_name text) RETURNS boolean LANGUAGE sql AS $$
  SELECT raise(12899, format('value too large for column %s (actual: %s, maximum: %s)', column_name, actual, maximum)) $$;
CREATE FUNCTION padded(t text, size integer, unit text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN t ~ '[\x01-\x1f]' THEN raise(3001, 'unimplemented feature: a CHAR with control characters')::text ELSE t END || repeat(' ', size - CASE unit WHEN 'CHAR' THEN char_length(t) ELSE octet_length(t) END) $$;
CREATE FUNCTION cast_varchar2(t text, size integer, unit text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE unit WHEN 'CHAR' THEN left(t, size) ELSE left(t, (SELECT count(*) FROM generate_series(1, char_length(t)) AS n WHERE octet_length(left(t, n)) <= size)::integer) END $$;
CREATE FUNCTION cast_varchar2(n numeric, size integer, unit text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF char_length(txt(n)) > size THEN PERFORM raise(3001, 'unimplemented feature: CAST of a number to a string too short for it'); END IF;
  RETURN txt(n);
END $$;
CREATE FUNCTION cast_char(t text, size integer, unit text) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT padded(cast_varchar2(t, size, unit), size, unit)::bpchar $$;
