-- PostgreSQL, database dso: run by RDS's master user

-- Connection flightspecials_dms_source: DMS reads the changes
GRANT rds_superuser, rds_replication TO "dmsuser";
GRANT USAGE ON SCHEMA "travelbuddy" TO "dmsuser";
GRANT SELECT ON "travelbuddy"."flightspecial" TO "dmsuser";
-- DMS makes awsdms_ddl_audit there; awsdms_heartbeat where there is a heartbeat.
GRANT CREATE ON SCHEMA "public" TO "dmsuser";

-- Connection flightspecials_postgres: the DAGs and the preflight
-- It sees what DMS sees, creates pglogical, and drops what DMS made in a decommission.
GRANT "dmsuser" TO "reverse_sync";
-- To name the row that a canary's call changed in place of its own.
GRANT SELECT ON ALL TABLES IN SCHEMA "travelbuddy" TO "reverse_sync";
-- To see whether a key's sequence is behind.
GRANT SELECT ON ALL SEQUENCES IN SCHEMA "travelbuddy" TO "reverse_sync";
-- For the form's repair 'touch', and for a canary of kind sql.
GRANT UPDATE ON "travelbuddy"."flightspecial" TO "reverse_sync";

-- Oracle: run by a DBA

-- Connection travelbuddy_dms_target: DMS writes the rows
GRANT CREATE SESSION, SELECT ANY TRANSACTION TO "DMSUSER";
-- DMS makes its control tables, awsdms_..., in the login's own schema.
GRANT CREATE TABLE, UNLIMITED TABLESPACE TO "DMSUSER";
-- V$NLS_PARAMETERS, V$TIMEZONE_NAMES, DBA_OBJECTS, ... for DMS; V$SESSION for the preflight.
GRANT SELECT ANY DICTIONARY TO "DMSUSER";
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER ON "TRAVELBUDDY"."FLIGHTSPECIAL" TO "DMSUSER";

-- Connection travelbuddy_oracle: the DAGs and the preflight
-- The tables, triggers and sequences are its own.
GRANT CREATE SESSION TO "TRAVELBUDDY";
