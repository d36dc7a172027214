"""Keys that another index begins with, or that nearly all rows lack, are not indexed once more."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0007_counted_by_time"),
        ("org", "0002_people_and_services"),
        ("layers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(fields=["asset"], name="request_asset", condition=models.Q(asset__isnull=False)),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(fields=["agency"], name="request_agency", condition=models.Q(agency__isnull=False)),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                fields=["assignee"], name="request_assignee", condition=models.Q(assignee__isnull=False)
            ),
        ),
        migrations.AlterField(
            model_name="incident",
            name="jurisdiction",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="layers.jurisdiction",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="jurisdiction",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="layers.jurisdiction",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="incident",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="intake.incident",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="parcel",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="layers.parcel",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="asset",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="layers.asset",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="agency",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.agency",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
