-- The data dictionary: https://docs.oracle.com/database/121/REFRN/toc.htm (static views). An owner is always the first column.
CREATE FUNCTION yes_no(boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 THEN 'YES' ELSE 'NO' END $$;
-- The number after the last one that is used or, where a cache is, set aside: what Oracle has written to disk.
CREATE FUNCTION sequence_last_number(relid oid, start bigint, step bigint, cache numeric) RETURNS numeric LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
  SELECT CASE WHEN last IS NULL THEN start WHEN cache < 2 THEN last + step ELSE start + step * cache * pg_catalog.ceil((((last - start) OPERATOR(pg_catalog./) step) + 1)::numeric / cache) END
  FROM (SELECT pg_sequence_last_value(relid) AS last) s $$;
CREATE VIEW relations AS
  SELECT c.oid AS relid, u.name AS owner_name, shown(u.name) AS owner, shown(c.relname) AS name, c.relkind AS kind, c.reltuples AS estimate
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN users u ON u.name = n.nspname
  WHERE c.relkind IN ('r', 'S') AND (u.name = current_user OR has_table_privilege(current_user, c.oid, 'SELECT, INSERT, UPDATE, DELETE'));
CREATE VIEW keys AS
  SELECT r.owner, r.name AS table_name, r.relid, k.* FROM relations r JOIN pg_constraint k ON k.conrelid = r.relid;

CREATE VIEW "SYS"."DUAL" AS SELECT 'X'::text AS "DUMMY";
CREATE VIEW "SYS"."ALL_USERS" AS
  SELECT shown(u.name) AS "USERNAME", r.oid::bigint::numeric AS "USER_ID", u.created::timestamp::date AS "CREATED"
  FROM users u JOIN pg_roles r ON r.rolname = u.name;
CREATE VIEW "SYS"."USER_USERS" AS SELECT * FROM "ALL_USERS" WHERE "USERNAME" = user_name();
CREATE VIEW "SYS"."ALL_TABLES" AS
  SELECT owner AS "OWNER", name AS "TABLE_NAME", 'USERS'::text AS "TABLESPACE_NAME", 'VALID'::text AS "STATUS",
    CASE WHEN estimate >= 0::real THEN estimate::numeric END AS "NUM_ROWS", 'N'::text AS "TEMPORARY", 'NO'::text AS "PARTITIONED",
    'NO'::text AS "READ_ONLY", NULL::text AS "IOT_NAME", NULL::text AS "DURATION", 'DISABLED'::text AS "COMPRESSION", NULL::text AS "COMPRESS_FOR"
  FROM relations WHERE kind = 'r';
CREATE VIEW "SYS"."ALL_TAB_COLUMNS" AS
  SELECT r.owner AS "OWNER", r.name AS "TABLE_NAME", shown(a.attname) AS "COLUMN_NAME", f.data_type AS "DATA_TYPE", f.data_length AS "DATA_LENGTH",
    f.data_precision AS "DATA_PRECISION", f.data_scale AS "DATA_SCALE", CASE WHEN a.attnotnull THEN 'N' ELSE 'Y' END AS "NULLABLE",
    row_number() OVER (PARTITION BY r.relid ORDER BY a.attnum)::numeric AS "COLUMN_ID", f.data_default AS "DATA_DEFAULT",
    f.char_length AS "CHAR_LENGTH", f.char_used AS "CHAR_USED"
  FROM relations r JOIN pg_attribute a ON a.attrelid = r.relid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN column_facts f ON f.relid = a.attrelid AND f.attnum = a.attnum WHERE r.kind = 'r';
CREATE VIEW "SYS"."ALL_TAB_COLS" AS SELECT *, 'NO'::text AS "HIDDEN_COLUMN", 'NO'::text AS "VIRTUAL_COLUMN", 'NO'::text AS "DEFAULT_ON_NULL", 'NO'::text AS "IDENTITY_COLUMN" FROM "ALL_TAB_COLUMNS";
CREATE VIEW "SYS"."ALL_COL_COMMENTS" AS SELECT "OWNER", "TABLE_NAME", "COLUMN_NAME", NULL::text AS "COMMENTS" FROM "ALL_TAB_COLUMNS";
CREATE VIEW "SYS"."ALL_TAB_COMMENTS" AS SELECT "OWNER", "TABLE_NAME", 'TABLE'::text AS "TABLE_TYPE", NULL::text AS "COMMENTS" FROM "ALL_TABLES";
-- What there is none of here, but tools ask for.
CREATE VIEW "SYS"."ALL_VIEWS" AS SELECT NULL::text AS "OWNER", NULL::text AS "VIEW_NAME", NULL::numeric AS "TEXT_LENGTH", NULL::text AS "TEXT" WHERE false;
CREATE VIEW "SYS"."ALL_SYNONYMS" AS SELECT NULL::text AS "OWNER", NULL::text AS "SYNONYM_NAME", NULL::text AS "TABLE_OWNER", NULL::text AS "TABLE_NAME", NULL::text AS "DB_LINK" WHERE false;
CREATE VIEW "SYS"."ALL_MVIEWS" AS SELECT NULL::text AS "OWNER", NULL::text AS "MVIEW_NAME" WHERE false;
CREATE VIEW "SYS"."ALL_MVIEW_COMMENTS" AS SELECT NULL::text AS "OWNER", NULL::text AS "MVIEW_NAME", NULL::text AS "COMMENTS" WHERE false;
CREATE VIEW "SYS"."ALL_TAB_IDENTITY_COLS" AS SELECT NULL::text AS "OWNER", NULL::text AS "TABLE_NAME", NULL::text AS "COLUMN_NAME", NULL::text AS "GENERATION_TYPE", NULL::text AS "IDENTITY_OPTIONS" WHERE false;
CREATE VIEW "SYS"."ALL_IND_EXPRESSIONS" AS SELECT NULL::text AS "INDEX_OWNER", NULL::text AS "INDEX_NAME", NULL::text AS "TABLE_OWNER", NULL::text AS "TABLE_NAME", NULL::text AS "COLUMN_EXPRESSION", NULL::numeric AS "COLUMN_POSITION" WHERE false;
CREATE VIEW "SYS"."ALL_SCHEDULER_JOBS" AS SELECT NULL::text AS "OWNER", NULL::text AS "JOB_NAME", NULL::text AS "JOB_ACTION", NULL::text AS "ENABLED", NULL::text AS "STATE" WHERE false;
CREATE VIEW not_null_columns AS
  SELECT r.owner AS "OWNER", r.name AS "TABLE_NAME", shown(a.attname) AS "COLUMN_NAME", f.null_constraint FROM relations r
  JOIN pg_attribute a ON a.attrelid = r.relid JOIN column_facts f ON f.relid = a.attrelid AND f.attnum = a.attnum WHERE a.attnotnull AND f.null_constraint IS NOT NULL;
CREATE VIEW "SYS"."ALL_CONSTRAINTS" AS
  SELECT k.owner AS "OWNER", shown(k.conname) AS "CONSTRAINT_NAME", translate(k.contype::text, 'pucf', 'PUCR') AS "CONSTRAINT_TYPE", k.table_name AS "TABLE_NAME",
    CASE WHEN k.contype = 'c' THEN obj_description(k.oid, 'pg_constraint') END AS "SEARCH_CONDITION", shown(tn.nspname) AS "R_OWNER", shown(t.conname) AS "R_CONSTRAINT_NAME",
    CASE WHEN k.contype = 'f' THEN CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END END AS "DELETE_RULE",
    'ENABLED'::text AS "STATUS", 'NOT DEFERRABLE'::text AS "DEFERRABLE", 'IMMEDIATE'::text AS "DEFERRED", 'VALIDATED'::text AS "VALIDATED",
    CASE WHEN k.conname LIKE 'SYS_C%' THEN 'GENERATED NAME' ELSE 'USER NAME' END AS "GENERATED", CASE WHEN k.contype IN ('p', 'u') THEN shown(k.conname) END AS "INDEX_NAME"
  FROM keys k LEFT JOIN pg_constraint t ON k.contype = 'f' AND t.conindid = k.conindid AND t.contype IN ('p', 'u') LEFT JOIN pg_namespace tn ON tn.oid = t.connamespace
  UNION ALL
  SELECT "OWNER", f.null_constraint, 'C', "TABLE_NAME", '"' || "COLUMN_NAME" || '" IS NOT NULL', NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED',
    CASE WHEN f.null_constraint LIKE 'SYS_C%' THEN 'GENERATED NAME' ELSE 'USER NAME' END, NULL
  FROM not_null_columns f;
CREATE VIEW "SYS"."ALL_CONS_COLUMNS" AS
  SELECT k.owner AS "OWNER", shown(k.conname) AS "CONSTRAINT_NAME", k.table_name AS "TABLE_NAME", shown(a.attname) AS "COLUMN_NAME",
    CASE WHEN k.contype <> 'c' THEN c.position::numeric END AS "POSITION"
  FROM keys k CROSS JOIN unnest(k.conkey) WITH ORDINALITY AS c (attnum, position) JOIN pg_attribute a ON a.attrelid = k.relid AND a.attnum = c.attnum
  UNION ALL SELECT "OWNER", null_constraint, "TABLE_NAME", "COLUMN_NAME", NULL FROM not_null_columns;
CREATE VIEW indexes AS
  SELECT r.owner, r.name AS table_name, shown(c.relname) AS name, i.* FROM relations r JOIN pg_index i ON i.indrelid = r.relid JOIN pg_class c ON c.oid = i.indexrelid;
CREATE VIEW "SYS"."ALL_INDEXES" AS
  SELECT owner AS "OWNER", name AS "INDEX_NAME", CASE WHEN indexprs IS NULL THEN 'NORMAL' ELSE 'FUNCTION-BASED NORMAL' END AS "INDEX_TYPE", owner AS "TABLE_OWNER",
    table_name AS "TABLE_NAME", 'TABLE'::text AS "TABLE_TYPE", CASE WHEN indisunique THEN 'UNIQUE' ELSE 'NONUNIQUE' END AS "UNIQUENESS", 'VALID'::text AS "STATUS",
    'DISABLED'::text AS "COMPRESSION", NULL::numeric AS "PREFIX_LENGTH" FROM indexes;
CREATE VIEW "SYS"."ALL_IND_COLUMNS" AS
  SELECT owner AS "INDEX_OWNER", name AS "INDEX_NAME", owner AS "TABLE_OWNER", table_name AS "TABLE_NAME", shown(a.attname) AS "COLUMN_NAME", c.position::numeric AS "COLUMN_POSITION",
    CASE WHEN indoption[c.position - 1] & 1 = 1 THEN 'DESC' ELSE 'ASC' END AS "DESCEND"
  FROM indexes CROSS JOIN unnest(indkey::integer[]) WITH ORDINALITY AS c (attnum, position) JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = c.attnum;
-- Of others' tables only whoever may create triggers there sees them.
CREATE VIEW "SYS"."ALL_TRIGGERS" AS
  SELECT shown(n.nspname) AS "OWNER", shown(t.tgname) AS "TRIGGER_NAME", 'BEFORE EACH ROW'::text AS "TRIGGER_TYPE",
    concat_ws(' OR ', CASE WHEN t.tgtype & 4 > 0 THEN 'INSERT' END, CASE WHEN t.tgtype & 16 > 0 THEN 'UPDATE' END) AS "TRIGGERING_EVENT", r.owner AS "TABLE_OWNER", 'TABLE'::text AS "BASE_OBJECT_TYPE",
    r.name AS "TABLE_NAME", 'REFERENCING NEW AS NEW OLD AS OLD'::text AS "REFERENCING_NAMES", CASE WHEN t.tgenabled = 'D' THEN 'DISABLED' ELSE 'ENABLED' END AS "STATUS",
    'PL/SQL     '::text AS "ACTION_TYPE", obj_description(p.oid, 'pg_proc') AS "TRIGGER_BODY"
  FROM relations r JOIN pg_trigger t ON t.tgrelid = r.relid AND NOT t.tgisinternal AND t.tgname <> '~~' JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE current_user IN (r.owner_name, n.nspname) OR has_privilege(current_user, 'CREATE ANY TRIGGER');
CREATE VIEW "SYS"."ALL_SEQUENCES" AS
  SELECT r.owner AS "SEQUENCE_OWNER", r.name AS "SEQUENCE_NAME", s.seqmin::numeric AS "MIN_VALUE", f.max_value AS "MAX_VALUE", s.seqincrement::numeric AS "INCREMENT_BY",
    CASE WHEN s.seqcycle THEN 'Y' ELSE 'N' END AS "CYCLE_FLAG", CASE WHEN f.is_ordered THEN 'Y' ELSE 'N' END AS "ORDER_FLAG", f.cache_size AS "CACHE_SIZE",
    sequence_last_number(r.relid, s.seqstart, s.seqincrement, f.cache_size) AS "LAST_NUMBER"
  FROM relations r JOIN pg_sequence s ON s.seqrelid = r.relid JOIN sequence_facts f ON f.relid = r.relid;
CREATE VIEW "SYS"."ALL_OBJECTS" AS
  SELECT owner AS "OWNER", name AS "OBJECT_NAME", relid::bigint::numeric AS "OBJECT_ID", CASE kind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS "OBJECT_TYPE", 'VALID'::text AS "STATUS" FROM relations
  UNION ALL SELECT owner, name, indexrelid::bigint::numeric, 'INDEX', 'VALID' FROM indexes
  UNION ALL SELECT "OWNER", "TRIGGER_NAME", NULL, 'TRIGGER', 'VALID' FROM "ALL_TRIGGERS";
CREATE VIEW "SYS"."ALL_TAB_PRIVS" AS
  SELECT shown(o.grantor) AS "GRANTOR", shown(o.grantee) AS "GRANTEE", shown(n.nspname) AS "TABLE_SCHEMA", shown(c.relname) AS "TABLE_NAME", o.privilege AS "PRIVILEGE", yes_no(o.grantable) AS "GRANTABLE"
  FROM object_privileges o JOIN pg_class c ON c.oid = o.relid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE current_user IN (o.grantee, o.grantor, n.nspname) OR o.grantee = 'PUBLIC';
CREATE VIEW "SYS"."USER_TAB_PRIVS" AS
  SELECT "GRANTEE", "TABLE_SCHEMA" AS "OWNER", "TABLE_NAME", "GRANTOR", "PRIVILEGE", "GRANTABLE" FROM "ALL_TAB_PRIVS" WHERE user_name() IN ("GRANTEE", "GRANTOR", "TABLE_SCHEMA");
CREATE VIEW "SYS"."USER_SYS_PRIVS" AS SELECT user_name() AS "USERNAME", privilege AS "PRIVILEGE", yes_no(admin_option) AS "ADMIN_OPTION" FROM system_privileges WHERE grantee = current_user;
CREATE VIEW "SYS"."USER_ROLE_PRIVS" AS
  SELECT user_name() AS "USERNAME", role::text AS "GRANTED_ROLE", yes_no(admin_option) AS "ADMIN_OPTION", 'YES'::text AS "DEFAULT_ROLE" FROM role_grants WHERE grantee = current_user;
CREATE VIEW "SYS"."SESSION_PRIVS" AS SELECT DISTINCT privilege AS "PRIVILEGE" FROM granted WHERE grantee = current_user;
CREATE VIEW "SYS"."SESSION_ROLES" AS SELECT role::text AS "ROLE" FROM role_grants WHERE grantee = current_user;
CREATE VIEW "SYS"."USER_RESOURCE_LIMITS" AS SELECT * FROM (VALUES ('CONNECT_TIME'::text, 'UNLIMITED'::text), ('IDLE_TIME', 'UNLIMITED')) AS l ("RESOURCE_NAME", "LIMIT");
-- No tablespace is limited here, and nobody has a quota: UNLIMITED TABLESPACE alone is known.
CREATE VIEW "SYS"."USER_TS_QUOTAS" AS SELECT NULL::text AS "TABLESPACE_NAME", NULL::numeric AS "BYTES", NULL::numeric AS "MAX_BYTES" WHERE false;
-- Oracle XE 11g takes 11 GB of user data: https://docs.oracle.com/cd/E17781_01/license.112/e18068/toc.htm
CREATE VIEW "SYS"."USER_FREE_SPACE" AS
  SELECT 'USERS'::text AS "TABLESPACE_NAME", (11 * 1024::numeric ^ 3 - pg_database_size(current_database()))::numeric AS "BYTES";
CREATE VIEW "SYS"."V$VERSION" AS
  SELECT * FROM (VALUES ('Oracle Database 12c Release 12.1.0.2.0 - 64bit Production'::text, 0::numeric), ('PL/SQL Release 12.1.0.2.0 - Production', 0)) AS v ("BANNER", "CON_ID");
-- Each session's engine has its user for an application name; without the privilege Oracle shows no such view.
CREATE UNLOGGED TABLE session_facts (pid integer PRIMARY KEY, program text, machine text, module text);
CREATE FUNCTION describe_session(its_program text, its_machine text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  INSERT INTO session_facts VALUES (pg_backend_pid(), its_program, its_machine)
  ON CONFLICT (pid) DO UPDATE SET program = EXCLUDED.program, machine = EXCLUDED.machine, module = NULL $$;
CREATE FUNCTION name_module(its_module text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  UPDATE session_facts SET module = its_module WHERE pid = pg_backend_pid() $$;
CREATE FUNCTION sessions() RETURNS TABLE (sid numeric, user_name text, program text, machine text, module text) LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  IF NOT has_privilege(current_setting('oracle.login')::name, 'SELECT ANY DICTIONARY') AND NOT EXISTS
    (SELECT FROM role_grants WHERE grantee = current_setting('oracle.login')::name AND role = 'SELECT_CATALOG_ROLE') THEN PERFORM raise(942, 'table or view does not exist'); END IF;
  RETURN QUERY SELECT a.pid::numeric, shown(u.name)::text, f.program, f.machine, f.module
    FROM pg_stat_activity a JOIN users u ON u.name = a.application_name LEFT JOIN session_facts f USING (pid);
END $$;
CREATE VIEW "SYS"."V$SESSION" AS SELECT sid AS "SID", user_name AS "USERNAME", 'USER'::text AS "TYPE", program AS "PROGRAM", machine AS "MACHINE", module AS "MODULE" FROM sessions();
CREATE VIEW "SYS"."NLS_DATABASE_PARAMETERS" AS
  SELECT * FROM (VALUES ('NLS_LANGUAGE'::text, 'AMERICAN'::text), ('NLS_TERRITORY', 'AMERICA'), ('NLS_CHARACTERSET', 'AL32UTF8'), ('NLS_NCHAR_CHARACTERSET', 'AL16UTF16'),
    ('NLS_LENGTH_SEMANTICS', 'BYTE'), ('NLS_SORT', 'BINARY'), ('NLS_COMP', 'BINARY'), ('NLS_CALENDAR', 'GREGORIAN'), ('NLS_NUMERIC_CHARACTERS', '.,'), ('NLS_DATE_FORMAT', 'DD-MON-RR'),
    ('NLS_DATE_LANGUAGE', 'AMERICAN'), ('NLS_TIMESTAMP_FORMAT', 'DD-MON-RR HH.MI.SSXFF AM'), ('NLS_TIMESTAMP_TZ_FORMAT', 'DD-MON-RR HH.MI.SSXFF AM TZR'), ('NLS_RDBMS_VERSION', '12.1.0.2.0')) AS p ("PARAMETER", "VALUE");
CREATE VIEW "SYS"."NLS_SESSION_PARAMETERS" AS
  SELECT "PARAMETER", COALESCE(NULLIF(current_setting('oracle.' || pg_catalog.lower("PARAMETER") || '_spelled', true), ''), "VALUE") AS "VALUE"
  FROM "NLS_DATABASE_PARAMETERS" WHERE "PARAMETER" NOT LIKE '%CHARACTERSET' AND "PARAMETER" <> 'NLS_RDBMS_VERSION';
CREATE VIEW "SYS"."V$NLS_PARAMETERS" AS SELECT "PARAMETER", "VALUE", 0::numeric AS "CON_ID" FROM "NLS_SESSION_PARAMETERS" UNION ALL
  SELECT "PARAMETER", "VALUE", 0 FROM "NLS_DATABASE_PARAMETERS" WHERE "PARAMETER" LIKE '%CHARACTERSET';

-- USER_X is ALL_X of one's own objects, without the owner.
DO $do$
DECLARE view_name text; columns text; owner_column text;
BEGIN
  FOREACH view_name IN ARRAY ARRAY['TABLES', 'TAB_COLUMNS', 'TAB_COLS', 'COL_COMMENTS', 'TAB_COMMENTS', 'VIEWS', 'MVIEWS', 'MVIEW_COMMENTS', 'TAB_IDENTITY_COLS', 'IND_EXPRESSIONS', 'CONSTRAINTS', 'CONS_COLUMNS', 'INDEXES', 'IND_COLUMNS', 'TRIGGERS', 'SEQUENCES', 'OBJECTS'] LOOP
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attnum > 1 OR attname = 'OWNER' AND view_name IN ('CONSTRAINTS', 'CONS_COLUMNS')), min(quote_ident(attname)) FILTER (WHERE attnum = 1)
      INTO columns, owner_column FROM pg_attribute WHERE attrelid = format('"SYS".%I', 'ALL_' || view_name)::regclass AND attnum > 0;
    EXECUTE format('CREATE VIEW "SYS".%I AS SELECT %s FROM "SYS".%I WHERE %s = user_name()', 'USER_' || view_name, columns, 'ALL_' || view_name, owner_column);
  END LOOP;
  FOR view_name IN SELECT viewname FROM pg_views WHERE schemaname = 'SYS' AND viewname = pg_catalog.upper(viewname) LOOP
    EXECUTE format('GRANT SELECT ON "SYS".%I TO PUBLIC', view_name);
  END LOOP;
END $do$;
