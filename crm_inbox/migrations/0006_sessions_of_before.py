"""The tables of sessions of the versions before, which nothing reads any more.

They stay, with the keys of ended sessions, until an administrator drops them: the version before
may still run beside this one. But nobody's deletion may fail on what they refer to.
"""

from django.db import migrations

_FREE = """
DO $$
DECLARE tie record;
BEGIN
    FOR tie IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid = to_regclass('usersessions_usersession')
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', tie.place, tie.conname);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    safe_because = "the old code writes its rows without the constraint as well"

    dependencies = [("crm_inbox", "0005_audit_log")]

    operations = [migrations.RunSQL(_FREE, migrations.RunSQL.noop)]
