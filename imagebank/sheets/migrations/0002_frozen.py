"""Who agreed on what: words that experts judge stand still, two who wrote none of it must agree, and it stays so."""

from django.db import migrations

FREEZE = """
CREATE FUNCTION sheets_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed integer;
    strangers integer;
    voted integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.published_on IS NOT NULL THEN
            RAISE EXCEPTION 'a published version of a practice sheet does not go';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a version of a practice sheet begins as a draft';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.indication_id, NEW.number) IS DISTINCT FROM (OLD.id, OLD.indication_id, OLD.number) THEN
        RAISE EXCEPTION 'a version of a practice sheet keeps its place';
    END IF;
    IF OLD.state <> 'draft' AND NEW.document <> OLD.document
       AND NOT (NEW.state = 'withdrawn' AND NEW.document = '{}') THEN
        RAISE EXCEPTION 'the words of this version of a practice sheet stand still';
    END IF;
    IF OLD.published_on IS NOT NULL AND (NEW.published_on IS DISTINCT FROM OLD.published_on
       OR NEW.round <> OLD.round OR NEW.state NOT IN ('published', 'superseded', 'withdrawn')
       OR (OLD.state <> 'published' AND NEW.state = 'published')) THEN
        RAISE EXCEPTION 'a published version of a practice sheet stays published, superseded or withdrawn';
    END IF;
    IF NEW.state = 'published' AND OLD.state <> 'published' THEN
        SELECT count(*), count(*) FILTER (WHERE verdict = 'agree'), count(*) FILTER (WHERE verdict = 'agree'
               AND NOT EXISTS (SELECT FROM sheets_edit
                               WHERE sheets_edit.version_id = NEW.id AND author_id = vote.expert_id))
          INTO voted, agreed, strangers
          FROM sheets_vote AS vote WHERE vote.version_id = NEW.id AND vote.round = NEW.round;
        IF OLD.state <> 'consensus' OR strangers < 2 OR agreed * 100 < voted * 75 THEN
            RAISE EXCEPTION 'a practice sheet is published when two experts who wrote none of it agreed, and 75 per cent of all';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sheets_version_frozen BEFORE INSERT OR UPDATE OR DELETE ON sheets_sheetversion
    FOR EACH ROW EXECUTE FUNCTION sheets_version_is_frozen();

CREATE FUNCTION sheets_vote_is_of_the_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sheets_sheetversion WHERE id = COALESCE(NEW.version_id, OLD.version_id)
               AND state = 'consensus' AND round = COALESCE(NEW.round, OLD.round))
       AND (TG_OP <> 'UPDATE' OR (NEW.version_id, NEW.round, NEW.expert_id)
                               = (OLD.version_id, OLD.round, OLD.expert_id)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'experts vote while they are asked, and what they said stays';
END $$;
CREATE TRIGGER sheets_vote_of_the_round BEFORE INSERT OR UPDATE OR DELETE ON sheets_vote
    FOR EACH ROW EXECUTE FUNCTION sheets_vote_is_of_the_round();
"""
THAW = """
DROP TRIGGER sheets_vote_of_the_round ON sheets_vote;
DROP FUNCTION sheets_vote_is_of_the_round();
DROP TRIGGER sheets_version_frozen ON sheets_sheetversion;
DROP FUNCTION sheets_version_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
