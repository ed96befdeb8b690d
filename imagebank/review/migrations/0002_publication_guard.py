from django.db import migrations

FORWARD = """
CREATE FUNCTION review_guard_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'published' OR (TG_OP = 'UPDATE' AND OLD.state = 'published') THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM review_review r
        WHERE r.case_id = NEW.id AND r.revision = NEW.revision AND r.verdict = 'accept'
          AND r.reviewer_id <> NEW.author_id
          AND NOT EXISTS (
              SELECT 1 FROM catalog_clip c
              WHERE c.case_id = NEW.id AND r.reviewer_id IN (c.depositor_id, c.features_answered_by_id))
          AND NOT EXISTS (
              SELECT 1 FROM catalog_finding f WHERE f.case_id = NEW.id AND r.reviewer_id = f.asserted_by_id)
    ) THEN
        RAISE EXCEPTION 'a published case needs an accepted review by another person' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM catalog_clip c LEFT JOIN intake_original o ON o.clip_id = c.id
        WHERE c.case_id = NEW.id
          AND (c.state NOT IN ('private', 'public') OR c.verifier_report IS NULL OR COALESCE(o.sealed, false))
    ) THEN
        RAISE EXCEPTION 'a published clip is verified, confirmed and has no quarantine key' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_case_publication BEFORE INSERT OR UPDATE ON catalog_case
    FOR EACH ROW EXECUTE FUNCTION review_guard_publication();

CREATE FUNCTION review_guard_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM catalog_tombstone t WHERE t.object_id = NEW.id) THEN
        RAISE EXCEPTION 'what is withdrawn has a tombstone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER review_case_withdrawal AFTER INSERT OR UPDATE ON catalog_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION review_guard_withdrawal();
CREATE CONSTRAINT TRIGGER review_clip_withdrawal AFTER INSERT OR UPDATE ON catalog_clip
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION review_guard_withdrawal();
CREATE TRIGGER review_finding_stays BEFORE DELETE ON catalog_finding
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER review_tombstone_stays BEFORE UPDATE OR DELETE ON catalog_tombstone
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
BACK = """
DROP TRIGGER review_tombstone_stays ON catalog_tombstone;
DROP TRIGGER review_finding_stays ON catalog_finding;
DROP TRIGGER review_clip_withdrawal ON catalog_clip;
DROP TRIGGER review_case_withdrawal ON catalog_case;
DROP FUNCTION review_guard_withdrawal();
DROP TRIGGER review_case_publication ON catalog_case;
DROP FUNCTION review_guard_publication();
"""


class Migration(migrations.Migration):
    """Rules over several tables that the database itself holds (architecture.md, constraints)."""

    dependencies = [
        ("review", "0001_initial"),
        ("intake", "0001_initial"),
        ("catalog", "0001_initial"),
        ("core", "0002_audit_is_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
