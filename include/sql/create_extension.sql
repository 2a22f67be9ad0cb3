-- What was there before, the extension, what is there now: the evidence shows whether this run made it.
SELECT count(*) FROM pg_extension WHERE extname = 'pglogical';
CREATE EXTENSION IF NOT EXISTS pglogical;
SELECT extversion FROM pg_extension WHERE extname = 'pglogical';
