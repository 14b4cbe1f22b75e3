"""Texts of messages are many and large: pglz, the default, takes half of the time of a sync.

lz4 where the server was built with it; else not compressed.
"""

from django.db import migrations

_LZ4 = """
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['headers', 'text', 'html'] LOOP
        BEGIN
            EXECUTE format('ALTER TABLE sync_messagebody ALTER COLUMN %I SET COMPRESSION lz4', name);
        EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
            EXECUTE format('ALTER TABLE sync_messagebody ALTER COLUMN %I SET STORAGE EXTERNAL', name);
        END;
    END LOOP;
    -- Attachments are compressed by their own formats.
    ALTER TABLE sync_attachmentcontent ALTER COLUMN data SET STORAGE EXTERNAL;
END $$
"""
_DEFAULT = """
ALTER TABLE sync_messagebody
    ALTER COLUMN headers SET COMPRESSION default, ALTER COLUMN headers SET STORAGE EXTENDED,
    ALTER COLUMN text SET COMPRESSION default, ALTER COLUMN text SET STORAGE EXTENDED,
    ALTER COLUMN html SET COMPRESSION default, ALTER COLUMN html SET STORAGE EXTENDED;
ALTER TABLE sync_attachmentcontent ALTER COLUMN data SET STORAGE EXTENDED
"""


class Migration(migrations.Migration):
    dependencies = [("sync", "0002_engine")]

    operations = [migrations.RunSQL(_LZ4, _DEFAULT)]
