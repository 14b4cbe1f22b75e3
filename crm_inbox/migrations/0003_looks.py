from django.db import migrations, models

REFUSE = """
CREATE FUNCTION crm_inbox_looks_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Who looked at mail cannot be changed or removed.';
END $$;
CREATE TRIGGER looks_stay BEFORE UPDATE OR DELETE ON crm_inbox_look
    FOR EACH ROW EXECUTE FUNCTION crm_inbox_looks_stay();
"""
ALLOW = """
DROP TRIGGER looks_stay ON crm_inbox_look;
DROP FUNCTION crm_inbox_looks_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("crm_inbox", "0002_profiles")]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                ("administrator", models.CharField(max_length=150, verbose_name="administrator")),
                ("administrator_id", models.BigIntegerField()),
                ("account", models.CharField(max_length=320, verbose_name="account")),
                ("message_id", models.BigIntegerField(verbose_name="message")),
            ],
            options={"verbose_name": "look at mail", "verbose_name_plural": "looks at mail"},
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
