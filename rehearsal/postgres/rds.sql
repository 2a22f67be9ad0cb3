-- What RDS adds to PostgreSQL, in template1, so that every database has it.
-- https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
CREATE ROLE rds_superuser;
CREATE ROLE rds_replication;
GRANT pg_monitor, pg_signal_backend TO rds_superuser;

-- On RDS pglogical is rds_superuser's to use, whoever created it.
CREATE FUNCTION pg_catalog.rds_extension_created() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pglogical') THEN
    GRANT USAGE ON SCHEMA pglogical TO rds_superuser;
    GRANT SELECT ON ALL TABLES IN SCHEMA pglogical TO rds_superuser;
  END IF;
END $$;
CREATE EVENT TRIGGER rds_extension_created ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION')
  EXECUTE FUNCTION pg_catalog.rds_extension_created();
