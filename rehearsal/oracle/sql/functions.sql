-- Oracle's functions, under their own names. Every string function answers NULL where it would answer ''.
-- NVL and DECODE answer a VARCHAR2 or NVARCHAR2; what CASE answers is a CHAR or a VARCHAR2 (see types.sql). Those that name an argument several
-- times are inlined where it is cheap; X_of does what X does with any other, since an SQL function that is not inlined is slow.
CREATE FUNCTION varchar2(a anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION decided(a anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION chosen(a anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION chosen(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION chosen(a bpchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT a::varchar $$;
CREATE FUNCTION chosen(a varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
-- Values of one type only are chosen from, and compared by CASE, NULLIF and DECODE; DECODE does not pad.
CREATE FUNCTION nvl(a anycompatible, b anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE AS $$ SELECT COALESCE(a, b) $$;
CREATE FUNCTION nvl2(is_null boolean, a anycompatible, b anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN is_null THEN b ELSE a END $$;
CREATE FUNCTION equal(a anycompatible, b anycompatible) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a = b $$;
CREATE FUNCTION same(a anycompatible, b anycompatible) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a IS NOT DISTINCT FROM b $$;
DO $do$
DECLARE a text; b text; result text;
BEGIN
  FOREACH a IN ARRAY ARRAY['text', 'bpchar', 'varchar', 'nvarchar2', '"SYS".nchar'] LOOP
    EXECUTE format('CREATE FUNCTION whole(a %s) RETURNS %1$s LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(a::text::concatenated::text, %L)::%1$s $$', a, '');
    EXECUTE format('CREATE FUNCTION joined(a clob, b %s) RETURNS clob LANGUAGE sql IMMUTABLE AS $$ SELECT (COALESCE(a::text, %L) || COALESCE(b::text, %2$L))::clob $$', a, '');
    EXECUTE format('CREATE FUNCTION joined(a %s, b clob) RETURNS clob LANGUAGE sql IMMUTABLE AS $$ SELECT (COALESCE(a::text, %L) || COALESCE(b::text, %2$L))::clob $$', a, '');
    EXECUTE format('CREATE FUNCTION varchar2(a %s) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT a::text $$', a);
    EXECUTE format('CREATE FUNCTION decided(a %s) RETURNS %s LANGUAGE sql IMMUTABLE AS $$ SELECT a::%2$s $$', a, CASE WHEN a LIKE '%n%char%' THEN 'nvarchar2' ELSE 'text' END);
    FOREACH b IN ARRAY ARRAY['text', 'bpchar', 'varchar', 'nvarchar2', '"SYS".nchar'] LOOP
      result := CASE WHEN a LIKE '%n%char%' OR b LIKE '%n%char%' THEN 'nvarchar2' WHEN 'text' IN (a, b) THEN 'text' WHEN 'varchar' IN (a, b) THEN 'varchar' ELSE 'bpchar' END;
      EXECUTE format('CREATE FUNCTION joined(a %s, b %s) RETURNS %s LANGUAGE sql IMMUTABLE AS $$ SELECT (COALESCE(a::text, %L) || COALESCE(b::text, %4$L))::%3$s $$', a, b, result, '');
      EXECUTE format('CREATE FUNCTION nvl(a %s, b %s) RETURNS %s LANGUAGE sql IMMUTABLE AS $$ SELECT COALESCE(a::text, b::text)::%3$s $$', a, b, CASE WHEN a LIKE '%n%char%' THEN result ELSE 'text' END);
      EXECUTE format('CREATE FUNCTION equal(a %s, b %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a = b $$', a, b);
      EXECUTE format('CREATE FUNCTION same(a %s, b %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a::text IS NOT DISTINCT FROM b::text $$', a, b);
    END LOOP;
  END LOOP;
END $do$;
CREATE FUNCTION joined(a clob, b clob) RETURNS clob LANGUAGE sql IMMUTABLE AS $$ SELECT joined(a, b::text) $$;
CREATE FUNCTION whole(c clob) RETURNS clob LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(c::text, '')::clob $$;
-- Places in national strings and CLOBs are counted in UTF-16; what is left of a character that is cut in two, no document says.
-- https://docs.oracle.com/en/database/oracle/oracle-database/19/adlob/SQL-semantics-and-LOBs.html
CREATE DOMAIN no_pairs AS integer CONSTRAINT "ORA-03001: unimplemented feature: UTF-16 pair of NVARCHAR2/CLOB" CHECK (VALUE = 0);
CREATE FUNCTION single_units(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN (units(t) OPERATOR(pg_catalog.-) char_length(t))::no_pairs = 0 THEN t END $$;
CREATE FUNCTION like_units(t text, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN strpos(pattern, '_') > 0 THEN single_units(t) ELSE t END LIKE pattern $$;
CREATE FUNCTION like_text(c clob, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT like_units(c::text, pattern) $$;
CREATE OPERATOR ~~ (LEFTARG = clob, RIGHTARG = text, FUNCTION = like_text);
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
CREATE FUNCTION substr_of(t text, start numeric, size numeric DEFAULT 1e9) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN substr(t, start, size); END $$;
CREATE FUNCTION substr_of(c clob, start numeric, size numeric DEFAULT 1e9) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substr_of(single_units(c::text), start, size) $$;
CREATE FUNCTION piece(t text, start integer, size integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(pg_catalog.substr(t, start, size), '') $$;
CREATE FUNCTION piece(c clob, start integer, size integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT piece(single_units(c::text), start, size) $$;
CREATE FUNCTION substr(c clob, start numeric, size numeric DEFAULT 1e9) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substr_of(c, start, size) $$;
CREATE FUNCTION instr(t text, part text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT strpos(t, part)::numeric $$;
CREATE FUNCTION instr(t text, part text, start numeric, occurrence numeric DEFAULT 1) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  step integer := sign(pg_catalog.trunc(start)); at integer := CASE WHEN step < 0 THEN char_length(t) + 1 ELSE 0 END + pg_catalog.trunc(start)::integer; missing integer := pg_catalog.trunc(occurrence);
BEGIN
  PERFORM require(occurrence >= 1, 1428, format('argument ''%s'' is out of range', occurrence));
  WHILE step <> 0 AND at BETWEEN 1 AND char_length(t) LOOP
    IF pg_catalog.substr(t, at, char_length(part)) = part THEN missing := missing - 1; END IF;
    IF missing = 0 THEN RETURN at; END IF;
    at := at + step;
  END LOOP;
  RETURN 0;
END $$;
CREATE FUNCTION length(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(t)::numeric $$;
CREATE FUNCTION length(c clob) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT units(c::text)::numeric $$;
CREATE FUNCTION length(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(txt(n))::numeric $$;
CREATE FUNCTION length(c bpchar) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT char_length(c::text)::numeric $$;
CREATE FUNCTION lengthb(c bpchar) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT octet_length(c::text)::numeric $$;
CREATE FUNCTION length(b blob) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT octet_length(b::bytea)::numeric $$;
CREATE FUNCTION lengthb(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT octet_length(t)::numeric $$;
CREATE FUNCTION upper(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.upper(t) $$;
CREATE FUNCTION upper(c bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.upper(c::text)::bpchar $$;
CREATE FUNCTION lower(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.lower(t) $$;
CREATE FUNCTION lower(c bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.lower(c::text)::bpchar $$;
-- Beyond ASCII it takes the bytes of the database's character set, and says nothing of those that are no character.
CREATE DOMAIN ascii AS numeric CONSTRAINT "ORA-03001: unimplemented feature: CHR other than 1 to 127" CHECK (VALUE BETWEEN 1 AND 127 AND scale(trim_scale(VALUE)) = 0);
CREATE FUNCTION chr(n numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.chr(n::ascii::integer) $$;
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
-- What is made of a national string is one.
DO $do$
DECLARE kind text; name text; arguments text; made text; result text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['nvarchar2', '"SYS".nchar'] LOOP
    FOR name, arguments, made, result IN VALUES
      ('chosen', 't %s', 't', kind), ('upper', 't %s', 'upper(t::text)', kind), ('lower', 't %s', 'lower(t::text)', kind),
      ('piece', 't %s, start integer, size integer', 'piece(single_units(t::text), start, size)', 'nvarchar2'),
      ('substr', 't %s, start numeric, size numeric DEFAULT 1e9', 'substr_of(single_units(t::text), start, size)', 'nvarchar2'),
      ('substr_of', 't %s, start numeric, size numeric DEFAULT 1e9', 'substr_of(single_units(t::text), start, size)', 'nvarchar2'),
      ('instr', 't %s, part text', 'instr(single_units(t::text), part)', 'numeric'),
      ('instr', 't %s, part text, start numeric, occurrence numeric DEFAULT 1', 'instr(single_units(t::text), part, start, occurrence)', 'numeric'),
      ('ltrim', 't %s, what text DEFAULT '' ''', 'ltrim(t::text, what)', 'nvarchar2'),
      ('rtrim', 't %s, what text DEFAULT '' ''', 'rtrim(t::text, what)', 'nvarchar2'),
      ('trim_side', 'side text, t %s, what text', 'trim_side(side, t::text, what)', 'nvarchar2'),
      ('lpad', 't %s, size numeric, fill text DEFAULT '' ''', 'lpad(t::text, size, fill)', 'nvarchar2'),
      ('rpad', 't %s, size numeric, fill text DEFAULT '' ''', 'rpad(t::text, size, fill)', 'nvarchar2'),
      ('replace', 't %s, old text, new text DEFAULT NULL', 'replace(t::text, old, new)', 'nvarchar2'),
      ('length', 't %s', 'units(t::text)', 'numeric'), ('lengthb', 't %s', '2::numeric * units(t::text)::numeric', 'numeric'),
      ('like_text', 't %s, pattern text', 'like_units(t::text, pattern)', 'boolean')
    LOOP
      EXECUTE format('CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE sql IMMUTABLE AS $$ SELECT (%s)::%3$s $$', name, format(arguments, kind), result, made);
    END LOOP;
    EXECUTE format('CREATE OPERATOR ~~ (LEFTARG = %s, RIGHTARG = text, FUNCTION = like_text)', kind);
  END LOOP;
END $do$;
-- What LISTAGG takes; of a RAW it would make a RAW.
DO $do$
DECLARE kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['text', 'numeric', 'date', 'timestamp'] LOOP
    EXECUTE format('CREATE FUNCTION measured(a %s) RETURNS text LANGUAGE sql STABLE AS $$ SELECT txt(a) $$', kind);
  END LOOP;
END $do$;
CREATE FUNCTION abs(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.abs(n) $$;
CREATE FUNCTION mod(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN b = 0 THEN a ELSE pg_catalog.mod(a, b) END $$;
CREATE FUNCTION mod_of(a numeric, b numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN CASE WHEN b = 0 THEN a ELSE pg_catalog.mod(a, b) END; END $$;
CREATE FUNCTION mod_by(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.mod(a, b) $$;
CREATE FUNCTION floor(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.floor(n) $$;
CREATE FUNCTION ceil(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.ceil(n) $$;
CREATE FUNCTION round(n numeric, places numeric DEFAULT 0) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.round(n, pg_catalog.trunc(places)::integer) $$;
CREATE FUNCTION trunc(n numeric, places numeric DEFAULT 0) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.trunc(n, pg_catalog.trunc(places)::integer) $$;
CREATE FUNCTION round(d date) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('day', d::timestamp + interval '12 hours') $$;
CREATE FUNCTION trunc(t timestamp) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT truncated('day', t) $$;
CREATE FUNCTION trunc(t timestamp, format text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE unit text := CASE pg_catalog.upper(format)
  WHEN 'YYYY' THEN 'year' WHEN 'YEAR' THEN 'year' WHEN 'YY' THEN 'year' WHEN 'MM' THEN 'month'
  WHEN 'MON' THEN 'month' WHEN 'MONTH' THEN 'month' WHEN 'DD' THEN 'day' 
  WHEN 'HH' THEN 'hour' WHEN 'HH12' THEN 'hour' WHEN 'HH24' THEN 'hour' WHEN 'MI' THEN 'minute' END;
BEGIN
  IF unit IS NULL THEN PERFORM raise(3001, 'unimplemented feature: TRUNC to ' || format); END IF;
  RETURN truncated(unit, t);
END $$;
-- The last day of a month stays one, and no other day goes beyond it.
CREATE FUNCTION add_months(d date, n numeric) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT as_date((CASE WHEN extract(day FROM d::timestamp + interval '1 day') = 1
    THEN d::timestamp + interval '1 day' + make_interval(months => pg_catalog.trunc(n)::integer) - interval '1 day' ELSE d::timestamp + make_interval(months => pg_catalog.trunc(n)::integer) END)::within_years::timestamp) $$;
CREATE DOMAIN no_fraction AS boolean CONSTRAINT "ORA-01821: date format not recognized" CHECK (NOT VALUE);
CREATE FUNCTION to_char_date(t timestamp, format text, boolean) RETURNS text LANGUAGE sql STABLE AS $$ SELECT NULLIF(to_char(t, format), '') $$;
CREATE FUNCTION to_char_date(t timestamptz, format text, boolean) RETURNS text LANGUAGE sql STABLE AS $$ SELECT NULLIF(to_char(local_time(t), format), '') $$;
CREATE FUNCTION to_char_date(t pg_catalog.timestamptz, format text, boolean) RETURNS text LANGUAGE sql STABLE AS $$ SELECT NULLIF(to_char(t, format), '') $$;
CREATE FUNCTION to_char_date(d date, format text, has_fraction boolean) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN has_fraction THEN has_fraction::no_fraction::text ELSE NULLIF(to_char(d::timestamp, format), '') END $$;
CREATE FUNCTION to_char_number_of(n numeric, format text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE digits text := to_char(n, format);
BEGIN
  IF n < 0 AND digits !~ '[1-9#]' THEN PERFORM raise(3001, 'unimplemented feature: TO_CHAR of a negative number that its format rounds to 0'); END IF;
  RETURN CASE WHEN digits LIKE '%#%' THEN repeat('#', char_length(pg_catalog.replace(format, 'FM', '')) + 1) ELSE digits END;
END $$;
-- Without a sign and with as many digits as the format takes, PostgreSQL prints as Oracle does.
CREATE FUNCTION to_char_number(n numeric, format text, most numeric) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN n >= 0 AND n < most THEN to_char(n, format) ELSE to_char_number_of(n, format) END $$;
CREATE FUNCTION to_char_number_of(n numeric, format text, numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT to_char_number_of(n, format) $$;
-- Hexadecimal digits, at most 15 for a bigint; PostgreSQL finds what is none.
CREATE FUNCTION hex_piece(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT ('x' || pg_catalog.lpad(t, 16, '0'))::bit(64)::bigint::numeric $$;
DO $do$
BEGIN
  FOR width IN 1..15 LOOP
    EXECUTE format('CREATE DOMAIN hex_%s AS text CONSTRAINT "ORA-01722: invalid number" CHECK (octet_length(VALUE) <= %1$s)', width);
    EXECUTE format('CREATE FUNCTION from_hex_%s(t text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT hex_piece(t::hex_%1$s::text) $$', width);
  END LOOP;
END $do$;
CREATE FUNCTION hex_value(t text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF char_length(t) <= 15 THEN RETURN hex_piece(t); END IF;
  RETURN hex_value(pg_catalog.left(t, -15)) OPERATOR(pg_catalog.*) 1152921504606846976 OPERATOR(pg_catalog.+) hex_piece(pg_catalog.right(t, 15));
END $$;
CREATE FUNCTION from_hex(t text, width integer) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF octet_length(t) > width THEN PERFORM raise(1722, 'invalid number'); END IF;
  RETURN fit(hex_value(t));
END $$;
CREATE FUNCTION hash_md5(t text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(md5(t::hashed::text), 'hex') $$;
CREATE FUNCTION hash_md5(r bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(md5(r::hashed_raw::bytea), 'hex') $$;
-- A national string is hashed in its own character set, of which the documentation does not tell the bytes.
CREATE DOMAIN no_national AS boolean CONSTRAINT "ORA-03001: unimplemented feature: STANDARD_HASH of NVARCHAR2" CHECK (NOT VALUE);
DO $do$
DECLARE method text; kind text;
BEGIN
  FOREACH method IN ARRAY ARRAY['md5', 'sha256', 'sha384', 'sha512'] LOOP
    FOREACH kind IN ARRAY ARRAY['nvarchar2', '"SYS".nchar'] LOOP
      EXECUTE format('CREATE FUNCTION hash_%s(t %s) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT ((t IS NULL OR true)::no_national)::text::bytea $$', method, kind);
    END LOOP;
  END LOOP;
  FOREACH method IN ARRAY ARRAY['sha256', 'sha384', 'sha512'] LOOP
    EXECUTE format('CREATE FUNCTION hash_%s(t text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT %1$s(textsend(t::hashed::text)) $$', method);
    EXECUTE format('CREATE FUNCTION hash_%s(r bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT %1$s(r::hashed_raw::bytea) $$', method);
  END LOOP;
END $do$;
-- DBMS_CRYPTO.HASH with HASH_MD5, of a CLOB as AL32UTF8: for those to whom EXECUTE is granted (see grant_package).
CREATE FUNCTION crypto_md5(c clob) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(md5(c::text), 'hex') $$;
CREATE FUNCTION crypto_md5(b blob) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(md5(b::bytea), 'hex') $$;
REVOKE EXECUTE ON FUNCTION crypto_md5(clob), crypto_md5(blob) FROM PUBLIC;
CREATE FUNCTION lob_length(c clob) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT units(c::text)::numeric $$;
CREATE FUNCTION lob_length(b blob) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT octet_length(b::bytea)::numeric $$;
-- DBMS_LOB.COMPARE of whole values: which of them comes first, by their bytes.
CREATE FUNCTION lob_compare(a bytea, b bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT (CASE WHEN a = b THEN 0 WHEN a < b THEN -1 ELSE 1 END)::numeric
$$;
CREATE FUNCTION lob_compare(a clob, b clob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT lob_compare(convert_to(a::text, 'UTF8'), convert_to(b::text, 'UTF8'))
$$;
CREATE FUNCTION lob_compare(a blob, b blob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT lob_compare(a::bytea, b::bytea)
$$;
CREATE FUNCTION hextoraw(digits text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF digits !~ '^[0-9A-Fa-f]*$' THEN
    PERFORM raise(1465, 'invalid hex number');
  END IF;
  RETURN decode(lpad(digits, length(digits) + length(digits) % 2, '0'), 'hex');
END $$;
CREATE FUNCTION rawtohex(r bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT txt(r) $$;
CREATE FUNCTION sys_extract_utc(t timestamptz) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT (t).utc $$;
CREATE FUNCTION sys_extract_utc(t pg_catalog.timestamptz) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT t AT TIME ZONE 'UTC' $$;
CREATE FUNCTION sysdate() RETURNS date LANGUAGE sql STABLE AS $$ SELECT as_date(statement_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION systimestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT ROW(statement_timestamp() AT TIME ZONE 'UTC', 0)::timestamptz $$;
CREATE FUNCTION shown(stored name) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN stored LIKE '~%' THEN pg_catalog.substr(stored::text, 2) ELSE stored::text END $$;
CREATE FUNCTION user_name() RETURNS text LANGUAGE sql STABLE AS $$ SELECT shown(current_user) $$;
CREATE FUNCTION sys_context(namespace text, parameter text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  known jsonb := jsonb_build_object('CURRENT_USER', user_name(), 'SESSION_USER', user_name(), 'CURRENT_SCHEMA', current_setting('oracle.schema'),
    'DB_NAME', 'XE', 'SERVICE_NAME', 'XE', 'INSTANCE_NAME', 'XE', 'DB_UNIQUE_NAME', 'XE', 'SID', concat(pg_backend_pid()), 'SESSIONID', concat(pg_backend_pid()),
    'DATABASE_ROLE', 'PRIMARY');
BEGIN
  IF pg_catalog.upper(namespace) <> 'USERENV' OR NOT known ? pg_catalog.upper(parameter) THEN PERFORM raise(3001, format('unimplemented feature: SYS_CONTEXT of %s, %s', namespace, parameter)); END IF;
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
  SELECT CASE WHEN t ~ '[\x01-\x1f]' THEN raise(3001, 'unimplemented feature: a CHAR with control characters')::text ELSE t END || repeat(' ', size - CASE unit WHEN 'CHAR' THEN char_length(t) WHEN 'UNIT' THEN units(t) ELSE octet_length(t) END) $$;
CREATE FUNCTION cast_varchar2(t text, size integer, unit text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE unit WHEN 'CHAR' THEN left(t, size) ELSE left(t, (SELECT count(*) FROM generate_series(1, char_length(t)) AS n WHERE octet_length(left(t, n)) <= size)::integer) END $$;
CREATE FUNCTION cast_varchar2(n numeric, size integer, unit text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF char_length(txt(n)) > size THEN PERFORM raise(3001, 'unimplemented feature: CAST of a number to a string too short for it'); END IF;
  RETURN txt(n);
END $$;
CREATE FUNCTION cast_char(t text, size integer, unit text) RETURNS bpchar LANGUAGE sql IMMUTABLE AS $$ SELECT padded(cast_varchar2(t, size, unit), size, unit)::bpchar $$;
