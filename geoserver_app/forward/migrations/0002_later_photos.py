from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forward', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='agencyendpoint',
            name='takes_updates',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='forward',
            name='photos',
            field=models.JSONField(null=True),
        ),
    ]
