"""From an area to what is open in it of the public set: of the open ones alone, so that it stays small."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_public_cell")]
    operations = [
        migrations.AddIndex(
            model_name="servicerequest",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["public_area_ids"],
                name="request_open_public_areas",
                condition=models.Q(is_public=True) & ~models.Q(state__in=["closed", "cancelled"]),
            ),
        ),
    ]
