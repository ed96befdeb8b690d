-- What the roles may do (design: privacy.md 24). Run as the owner after every migration; running it again does no harm.
GRANT USAGE ON SCHEMA public TO imagebank_web, imagebank_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO imagebank_web, imagebank_worker;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO imagebank_web, imagebank_worker;
-- The trail only grows.
REVOKE UPDATE, DELETE, TRUNCATE ON core_auditevent, core_auditlink FROM imagebank_web, imagebank_worker;
-- Findings and marks are superseded, the history of a case only grows, what is withdrawn stays so.
REVOKE DELETE, TRUNCATE ON catalog_finding, catalog_mark, catalog_revision FROM imagebank_web, imagebank_worker;
REVOKE UPDATE, DELETE, TRUNCATE ON catalog_tombstone FROM imagebank_web, imagebank_worker;
-- The schema's history belongs to the owner.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM imagebank_web, imagebank_worker;
