from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION review_guard_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'published' OR (TG_OP = 'UPDATE' AND OLD.state = 'published') THEN
        RETURN NEW;
    END IF;
    IF NEW.origin_id IS NULL AND NOT EXISTS (
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
"""
BACK = """
CREATE OR REPLACE FUNCTION review_guard_publication() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    """A mirrored case was reviewed at its origin; its clips are verified here all the same."""

    dependencies = [("review", "0006_frame_of_a_comment"), ("catalog", "0009_origins")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
