"""The index of the moments of requests carries what the management counts by: a report of years reads nothing else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_open_in_areas")]
    operations = [
        migrations.RemoveIndex(model_name="servicerequest", name="request_by_time"),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                fields=["jurisdiction", "requested_datetime"],
                include=["service", "channel", "department"],
                name="request_by_time",
            ),
        ),
    ]
