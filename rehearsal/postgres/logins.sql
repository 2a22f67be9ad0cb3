-- The pipelines' logins; docs/grants.sql says what they may do. What RDS allows members of rds_replication PostgreSQL
-- allows by an attribute: the stand-in of DMS looks whether its login is a member as well.
CREATE ROLE dmsuser LOGIN REPLICATION PASSWORD 'dmsuser123';
CREATE ROLE reverse_sync LOGIN REPLICATION PASSWORD 'reverse-5064';
