"""The name alone may be taken out of a vote: the expert has left (privacy.md 18)."""

from django.db import migrations

VOTES = """
CREATE OR REPLACE FUNCTION sheets_vote_is_of_the_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.name = '–'
       AND (NEW.version_id, NEW.round, NEW.expert_id, NEW.verdict, NEW.comment, NEW.voted_on)
         = (OLD.version_id, OLD.round, OLD.expert_id, OLD.verdict, OLD.comment, OLD.voted_on) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM sheets_sheetversion WHERE id = COALESCE(NEW.version_id, OLD.version_id)
               AND state = 'consensus' AND round = COALESCE(NEW.round, OLD.round))
       AND (TG_OP <> 'UPDATE' OR (NEW.version_id, NEW.round, NEW.expert_id)
                               = (OLD.version_id, OLD.round, OLD.expert_id)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'experts vote while they are asked, and what they said stays';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION sheets_vote_is_of_the_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sheets_sheetversion WHERE id = COALESCE(NEW.version_id, OLD.version_id)
               AND state = 'consensus' AND round = COALESCE(NEW.round, OLD.round))
       AND (TG_OP <> 'UPDATE' OR (NEW.version_id, NEW.round, NEW.expert_id)
                               = (OLD.version_id, OLD.round, OLD.expert_id)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'experts vote while they are asked, and what they said stays';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sheets", "0002_frozen")]

    operations = [migrations.RunSQL(VOTES, BEFORE)]
