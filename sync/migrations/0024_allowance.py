from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0023_unread_of_an_account")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="past_day",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="past_bytes",
            field=models.PositiveBigIntegerField(db_default=0, editable=False),
        ),
    ]
