-- Users, privileges, and what the dictionary knows beyond PostgreSQL's catalogs.
CREATE TABLE users (name name PRIMARY KEY, salt bytea NOT NULL, digest bytea NOT NULL, created timestamp(0) NOT NULL DEFAULT now());
CREATE TABLE system_privileges (grantee name, privilege text, admin_option boolean, PRIMARY KEY (grantee, privilege));
CREATE TABLE roles (role name PRIMARY KEY);
CREATE TABLE role_grants (grantee name, role name, admin_option boolean, PRIMARY KEY (grantee, role));
CREATE TABLE object_privileges (grantee name, relid oid, privilege text, grantor name, grantable boolean, PRIMARY KEY (grantee, relid, privilege));
CREATE TABLE privilege_names (privilege text PRIMARY KEY);
CREATE TABLE column_facts (relid oid, attnum integer, data_type text, data_length numeric, data_precision numeric, data_scale numeric,
  char_length numeric, char_used text, data_default text, null_constraint text, PRIMARY KEY (relid, attnum));
CREATE TABLE sequence_facts (relid oid PRIMARY KEY, cache_size numeric NOT NULL DEFAULT 20, is_ordered boolean NOT NULL DEFAULT false,
  max_value numeric NOT NULL DEFAULT 9999999999999999999999999999);

INSERT INTO privilege_names SELECT unnest(string_to_array('CREATE SESSION,CREATE TABLE,CREATE SEQUENCE,CREATE TRIGGER,CREATE VIEW,'
  'CREATE PROCEDURE,CREATE ANY TABLE,DROP ANY TABLE,ALTER ANY TABLE,LOCK ANY TABLE,SELECT ANY TABLE,INSERT ANY TABLE,UPDATE ANY TABLE,DELETE ANY TABLE,'
  'CREATE ANY INDEX,DROP ANY INDEX,CREATE ANY TRIGGER,ALTER ANY TRIGGER,DROP ANY TRIGGER,CREATE ANY SEQUENCE,ALTER ANY SEQUENCE,'
  'DROP ANY SEQUENCE,SELECT ANY SEQUENCE,SELECT ANY DICTIONARY,SELECT ANY TRANSACTION,UNLIMITED TABLESPACE,ALTER SESSION,CREATE USER,ALTER USER,'
  'DROP USER,GRANT ANY PRIVILEGE,GRANT ANY OBJECT PRIVILEGE', ','));
GRANT SELECT ON column_facts TO PUBLIC;
INSERT INTO roles VALUES ('CONNECT'), ('RESOURCE'), ('DBA'), ('SELECT_CATALOG_ROLE');
INSERT INTO system_privileges SELECT 'DBA', privilege, true FROM privilege_names;
INSERT INTO system_privileges VALUES ('CONNECT', 'CREATE SESSION', false), ('RESOURCE', 'CREATE TABLE', false),
  ('RESOURCE', 'CREATE SEQUENCE', false), ('RESOURCE', 'CREATE TRIGGER', false), ('RESOURCE', 'CREATE PROCEDURE', false);

CREATE VIEW granted AS
  SELECT grantee, privilege, admin_option FROM system_privileges
  UNION SELECT r.grantee, p.privilege, p.admin_option FROM role_grants r JOIN system_privileges p ON p.grantee = r.role;
CREATE FUNCTION has_privilege(user_name name, wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT EXISTS (SELECT FROM "SYS".granted WHERE grantee = user_name AND privilege = wanted) $$;
CREATE FUNCTION may_touch(user_name name, path text, wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT EXISTS (SELECT FROM "SYS".object_privileges WHERE grantee IN (user_name, 'PUBLIC') AND relid = to_regclass(path) AND privilege = wanted)
    OR "SYS".has_privilege(user_name, CASE wanted WHEN 'INDEX' THEN 'CREATE ANY INDEX' WHEN 'TRIGGER' THEN 'CREATE ANY TRIGGER' WHEN 'ALTER' THEN
      (SELECT CASE relkind WHEN 'S' THEN 'ALTER ANY SEQUENCE' ELSE 'ALTER ANY TABLE' END FROM pg_class WHERE oid = to_regclass(path)) END) $$;

-- Privileges on ANY TABLE and ANY SEQUENCE, as PostgreSQL's grants on each.
CREATE FUNCTION spread_any_privileges(path text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE grant_statement text;
BEGIN
  FOR grant_statement IN
    SELECT format('GRANT %s ON %s TO %I', CASE c.relkind WHEN 'S' THEN 'USAGE, SELECT' ELSE split_part(g.privilege, ' ', 1) END, c.oid::regclass, g.grantee)
    FROM pg_class c JOIN users u ON c.relnamespace = to_regnamespace(quote_ident(u.name))
    JOIN granted g ON g.privilege IN ('SELECT ANY TABLE', 'INSERT ANY TABLE', 'UPDATE ANY TABLE', 'DELETE ANY TABLE') AND c.relkind = 'r'
      OR g.privilege = 'SELECT ANY SEQUENCE' AND c.relkind = 'S'
    WHERE to_regrole(quote_ident(g.grantee)) IS NOT NULL AND (path IS NULL OR c.oid = path::regclass)
  LOOP EXECUTE grant_statement; END LOOP;
END $$;
CREATE FUNCTION require_user(wanted name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM users WHERE name = wanted) AND wanted <> 'PUBLIC' THEN PERFORM raise(1917, format('user or role ''%s'' does not exist', shown(wanted))); END IF;
END $$;
CREATE FUNCTION grant_privilege(to_user name, wanted text, with_admin boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_user(to_user);
  IF wanted = 'ALL' THEN INSERT INTO system_privileges SELECT to_user, privilege, with_admin FROM privilege_names ON CONFLICT DO NOTHING;
  ELSIF EXISTS (SELECT FROM roles WHERE role = wanted) THEN INSERT INTO role_grants VALUES (to_user, wanted, with_admin) ON CONFLICT DO NOTHING;
  ELSIF EXISTS (SELECT FROM privilege_names WHERE privilege = wanted) THEN INSERT INTO system_privileges VALUES (to_user, wanted, with_admin) ON CONFLICT DO NOTHING;
  ELSIF wanted ~ '^(ADMINISTER|ALTER|ANALYZE|AUDIT|BACKUP|CHANGE|COMMENT|CREATE|DELETE|DROP|EXECUTE|EXEMPT|EXPORT|FLASHBACK|FORCE|IMPORT|INSERT|LOCK|MANAGE|MERGE|QUERY|READ|RESTRICTED|RESUMABLE|SELECT|UNDER|UPDATE) ' THEN
    PERFORM raise(3001, 'unimplemented feature: privilege ' || wanted);
  ELSIF wanted !~ ' ' THEN PERFORM raise(1919, format('role ''%s'' does not exist', wanted));
  ELSE PERFORM raise(990, 'missing or invalid privilege'); END IF;
  PERFORM spread_any_privileges();
END $$;
CREATE FUNCTION revoke_privilege(from_user name, wanted text, boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE relation regclass;
BEGIN
  PERFORM require_user(from_user);
  DELETE FROM system_privileges WHERE grantee = from_user AND privilege = wanted;
  IF NOT FOUND THEN
    DELETE FROM role_grants WHERE grantee = from_user AND role = wanted;
    IF NOT FOUND THEN PERFORM raise(1952, format('system privileges not granted to ''%s''', shown(from_user))); END IF;
  END IF;
  -- What was spread to each table is taken back and spread anew from what is left.
  FOR relation IN SELECT c.oid FROM pg_class c JOIN users u ON c.relnamespace = to_regnamespace(quote_ident(u.name)) WHERE c.relkind IN ('r', 'S') AND u.name <> from_user LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %I', relation, from_user);
    PERFORM grant_natively(from_user, relation, privilege) FROM object_privileges WHERE relid = relation AND grantee = from_user;
  END LOOP;
  PERFORM spread_any_privileges();
END $$;
CREATE FUNCTION grant_natively(to_user name, relation regclass, wanted text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE is_sequence boolean := relkind = 'S' FROM pg_class WHERE oid = relation;
BEGIN
  IF wanted IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') THEN
    EXECUTE format('GRANT %s ON %s TO %s', CASE WHEN is_sequence THEN 'USAGE, SELECT' ELSE wanted END, relation, CASE WHEN to_user = 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(to_user) END);
  END IF;
END $$;
CREATE FUNCTION grant_object(to_user name, path text, wanted text, with_grant boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_user(to_user);
  PERFORM grant_natively(to_user, path::regclass, wanted);
  INSERT INTO object_privileges VALUES (to_user, path::regclass, wanted, current_setting('oracle.login')::name, with_grant) ON CONFLICT DO NOTHING;
END $$;
-- DBMS_CRYPTO is the one package that is not everybody's.
CREATE FUNCTION grant_package(to_user name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_user(to_user);
  EXECUTE format('GRANT EXECUTE ON FUNCTION crypto_md5(clob), crypto_md5(blob) TO %s', CASE WHEN to_user = 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(to_user) END);
END $$;
CREATE FUNCTION revoke_package(from_user name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_user(from_user);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION crypto_md5(clob), crypto_md5(blob) FROM %s', CASE WHEN from_user = 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(from_user) END);
END $$;
CREATE FUNCTION revoke_object(from_user name, path text, wanted text, boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_user(from_user);
  DELETE FROM object_privileges WHERE grantee = from_user AND relid = path::regclass AND privilege = wanted;
  IF NOT FOUND THEN PERFORM raise(1927, 'cannot REVOKE privileges you did not grant'); END IF;
  EXECUTE format('REVOKE ALL ON %s FROM %s', path::regclass, CASE WHEN from_user = 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(from_user) END);
  PERFORM grant_natively(from_user, path::regclass, privilege) FROM object_privileges WHERE relid = path::regclass AND grantee = from_user;
  PERFORM spread_any_privileges(path);
END $$;

CREATE FUNCTION create_user(new_name name, salt bytea, digest bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regrole(quote_ident(new_name)) IS NOT NULL OR EXISTS (SELECT FROM roles WHERE role = new_name) OR new_name IN ('SYS', 'PUBLIC') THEN
    PERFORM raise(1920, format('user name ''%s'' conflicts with another user or role name', shown(new_name)));
  END IF;
  EXECUTE format('CREATE ROLE %1$I NOLOGIN; CREATE SCHEMA %1$I AUTHORIZATION %1$I; GRANT USAGE ON SCHEMA %1$I TO PUBLIC', new_name);
  INSERT INTO users VALUES (new_name, salt, digest);
END $$;
CREATE FUNCTION change_password(user_name name, new_salt bytea, new_digest bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET salt = new_salt, digest = new_digest WHERE name = user_name;
  IF NOT FOUND THEN PERFORM raise(1918, format('user ''%s'' does not exist', shown(user_name))); END IF;
END $$;
CREATE FUNCTION drop_user(old_name name, with_objects boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM users WHERE name = old_name) THEN PERFORM raise(1918, format('user ''%s'' does not exist', shown(old_name))); END IF;
  IF NOT with_objects AND EXISTS (SELECT FROM pg_class WHERE relnamespace = quote_ident(old_name)::regnamespace) THEN
    PERFORM raise(1922, format('CASCADE must be specified to drop ''%s''', shown(old_name)));
  END IF;
  DELETE FROM users WHERE name = old_name;
  DELETE FROM system_privileges WHERE grantee = old_name;
  DELETE FROM role_grants WHERE grantee = old_name;
  DELETE FROM object_privileges WHERE grantee = old_name;
  EXECUTE format('DROP SCHEMA %1$I CASCADE; DROP OWNED BY %1$I; DROP ROLE %1$I', old_name);
END $$;

-- Triggers go by their function, which has the trigger's schema and name.
CREATE FUNCTION trigger_of(path text) RETURNS pg_trigger LANGUAGE sql STABLE AS $$ SELECT t FROM pg_trigger t WHERE tgfoid = to_regproc(path) AND NOT tgisinternal $$;
CREATE FUNCTION switch_triggers(table_path text, trigger_path text, switch text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found pg_trigger := trigger_of(trigger_path);
BEGIN
  IF trigger_path IS NOT NULL AND found.oid IS NULL THEN PERFORM raise(4080, format('trigger ''%s'' does not exist', shown((parse_ident(trigger_path))[2]))); END IF;
  IF switch = 'COMPILE' THEN RETURN; END IF;
  FOR found IN SELECT t.* FROM pg_trigger t WHERE NOT tgisinternal AND tgname <> '~~' AND (tgfoid = to_regproc(trigger_path) OR tgrelid = table_path::regclass) LOOP
    EXECUTE format('ALTER TABLE %s %s TRIGGER %I', found.tgrelid::regclass, switch, found.tgname);
  END LOOP;
END $$;
CREATE FUNCTION drop_trigger(path text, if_there boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regproc(path) IS NOT NULL THEN EXECUTE format('DROP FUNCTION %s() CASCADE', path);
  ELSIF NOT if_there THEN PERFORM raise(4080, format('trigger ''%s'' does not exist', shown((parse_ident(path))[2]))); END IF;
END $$;
CREATE FUNCTION create_table(path text, owner name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %s (); ALTER TABLE %1$s OWNER TO %I', path, owner);
  PERFORM spread_any_privileges(path);
END $$;
CREATE FUNCTION adopt_sequence(path text, owner name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER SEQUENCE %s OWNER TO %I', path, owner);
  INSERT INTO sequence_facts (relid) VALUES (path::regclass);
  PERFORM spread_any_privileges(path);
END $$;
CREATE FUNCTION drop_table(path text, with_constraints boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE functions regprocedure[] := ARRAY(SELECT tgfoid::regprocedure FROM pg_trigger WHERE tgrelid = path::regclass AND NOT tgisinternal);
  function regprocedure;
BEGIN
  IF NOT with_constraints AND EXISTS (SELECT FROM pg_constraint WHERE confrelid = path::regclass AND conrelid <> confrelid) THEN
    PERFORM raise(2449, 'unique/primary keys in table referenced by foreign keys');
  END IF;
  EXECUTE format('DROP TABLE %s CASCADE', path);
  FOREACH function IN ARRAY functions LOOP EXECUTE format('DROP FUNCTION %s', function); END LOOP;
END $$;

-- What PostgreSQL would make and Oracle does not: a constraint's name is its schema's only one, a list of columns has one index, and a
-- column stays that a key of several columns, or another table, needs.
CREATE FUNCTION kind_of(data_type text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE data_type WHEN 'FLOAT' THEN 'NUMBER' ELSE regexp_replace(data_type, '\(\d+\)', '') END $$;
CREATE FUNCTION require_new_constraint(path text, wanted name) RETURNS void LANGUAGE sql AS $$
  SELECT require(NOT EXISTS (SELECT FROM pg_constraint c JOIN pg_class r ON r.oid = path::regclass AND r.relnamespace = c.connamespace WHERE c.conname = wanted),
    2264, 'name already used by an existing constraint') $$;
CREATE FUNCTION require_sound_key(path text, wanted name) RETURNS void LANGUAGE sql AS $$
  SELECT require(NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = c.conrelid AND o.oid <> c.oid AND o.conkey = c.conkey AND c.contype <> 'f' AND o.contype IN ('p', 'u')),
      2261, 'such unique or primary key already exists in the table'),
    require(NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = c.conrelid AND o.oid <> c.oid AND o.conkey = c.conkey AND o.confrelid = c.confrelid AND o.confkey = c.confkey),
      2275, 'such a referential constraint already exists in the table'),
    require(NOT EXISTS (SELECT FROM column_facts WHERE relid = c.conrelid AND attnum = ANY (c.conkey) AND c.contype <> 'f' AND data_type LIKE '%WITH TIME ZONE'),
      2329, 'column of datatype TIME/TIMESTAMP WITH TIME ZONE cannot be unique or a primary key'),
    require(NOT EXISTS (SELECT FROM unnest(c.conkey, c.confkey) AS k (own, other) JOIN column_facts a ON a.relid = c.conrelid AND a.attnum = own
      JOIN column_facts b ON b.relid = c.confrelid AND b.attnum = other WHERE c.contype = 'f' AND kind_of(a.data_type) <> kind_of(b.data_type)),
      2267, 'column type incompatible with referenced column type')
  FROM pg_constraint c WHERE conrelid = path::regclass AND conname = wanted $$;
CREATE FUNCTION require_only_index(path text) RETURNS void LANGUAGE sql AS $$
  SELECT require(NOT EXISTS (SELECT FROM pg_index i JOIN pg_index o USING (indrelid) WHERE i.indexrelid = path::regclass AND o.indexrelid <> i.indexrelid AND o.indkey = i.indkey),
    1408, 'such column list already indexed') $$;
CREATE FUNCTION require_free_column(path text, wanted name) RETURNS void LANGUAGE sql AS $$
  SELECT require(NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = relid AND attnum = ANY (conkey) AND cardinality(conkey) > 1), 12991, 'column is referenced in a multi-column constraint'),
    require(NOT EXISTS (SELECT FROM pg_constraint WHERE confrelid = relid AND attnum = ANY (confkey)), 12992, 'cannot drop parent key column'),
    require((SELECT count(*) FROM column_facts f WHERE f.relid = found.relid AND f.attnum IN (SELECT attnum FROM pg_attribute WHERE attrelid = f.relid AND NOT attisdropped)) > 1, 12983, 'cannot drop all columns in a table')
  FROM (SELECT attrelid AS relid, attnum FROM pg_attribute WHERE attrelid = path::regclass AND attname = wanted) AS found $$;

-- With its primary key a column loses the NOT NULL that it had by it.
CREATE FUNCTION allow_nulls(path text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE freed name;
BEGIN
  FOR freed IN SELECT attname FROM pg_attribute a JOIN column_facts f ON f.relid = attrelid AND f.attnum = a.attnum
    WHERE attrelid = path::regclass AND attnotnull AND null_constraint IS NULL AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'p' AND a.attnum = ANY (conkey))
  LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', path, freed); END LOOP;
END $$;

-- CHARs are filled up and all strings held to their lengths by one trigger a table, which comes behind the others.
CREATE FUNCTION size_strings(path text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE steps text; function text;
BEGIN
  SELECT format('%I.%I', nspname, '~~' || relname) INTO function FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = path::regclass;
  EXECUTE format('DROP FUNCTION IF EXISTS %s() CASCADE', function);
  SELECT string_agg(CASE WHEN data_type IN ('CHAR', 'NCHAR') THEN format('NEW.%I := "SYS".padded(NEW.%1$I, %s, %L); ', attname, maximum, unit) ELSE '' END
      || CASE data_type WHEN 'FLOAT' THEN format('NEW.%I := "SYS".significant(NEW.%1$I, %s);', attname, ceil(data_precision * 0.30103)) ELSE
        format('IF "SYS".%s(NEW.%I) > %s THEN PERFORM "SYS".too_large("SYS".%1$s(NEW.%2$I), %3$s, %L); END IF;', measure, attname, maximum, path_shown || '."' || shown(attname) || '"') END
      -- A string that counts characters keeps to its bytes, too.
      || CASE WHEN char_used = 'C' AND data_type IN ('VARCHAR2', 'CHAR') THEN
        format(' IF "SYS".bytes(NEW.%I) > %s THEN PERFORM "SYS".too_large("SYS".bytes(NEW.%1$I), %2$s, %L); END IF;', attname, data_length, path_shown || '."' || shown(attname) || '"') ELSE '' END, ' ')
    INTO steps
    FROM column_facts f JOIN pg_attribute a ON attrelid = relid AND a.attnum = f.attnum AND NOT attisdropped
    CROSS JOIN LATERAL (SELECT CASE WHEN data_type LIKE 'N%' THEN 'UNIT' WHEN char_used = 'C' THEN 'CHAR' ELSE 'BYTE' END AS unit, CASE char_used WHEN 'C' THEN char_length ELSE data_length END AS maximum,
      CASE WHEN data_type LIKE 'N%' THEN 'units' WHEN char_used = 'C' THEN 'characters' ELSE 'bytes' END AS measure) u
    CROSS JOIN (SELECT format('"%s"."%s"', shown(nspname), shown(relname)) AS path_shown FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = path::regclass) p
    WHERE relid = path::regclass AND data_type IN ('VARCHAR2', 'CHAR', 'RAW', 'NVARCHAR2', 'NCHAR', 'FLOAT');
  IF steps IS NULL THEN RETURN; END IF;
  EXECUTE format('CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %L', function, 'BEGIN ' || steps || ' RETURN NEW; END');
  EXECUTE format('CREATE TRIGGER "~~" BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s(); ALTER TABLE %1$s ENABLE ALWAYS TRIGGER "~~"', path, function);
END $$;
-- What a new column's default gives the rows that are there passes that trigger, and no other.
CREATE FUNCTION fit_default(path text, wanted name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL session_replication_role = replica;
  EXECUTE format('UPDATE %s SET %I = %2$I', path, wanted);
  SET LOCAL session_replication_role = origin;
END $$;
