from django.db import migrations

# A trigger for each row does not see TRUNCATE.
REFUSE = """
CREATE TRIGGER looks_stay_whole BEFORE TRUNCATE ON crm_inbox_look
    FOR EACH STATEMENT EXECUTE FUNCTION crm_inbox_looks_stay();
"""
ALLOW = "DROP TRIGGER looks_stay_whole ON crm_inbox_look"


class Migration(migrations.Migration):
    dependencies = [("crm_inbox", "0006_sessions_of_before")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
