"""The fixed table of sensitive services, of which the database itself refuses to change what was published."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FROZEN = """
create function published_sensitive_is_frozen() returns trigger language plpgsql as $$
begin
    raise exception 'What was published of sensitive services is never changed (% refused).', lower(tg_op)
        using errcode = 'restrict_violation',
              hint = 'Two versions of a quarter, put beside each other, would tell what each of them hides.';
end $$;
create trigger published_sensitive_is_frozen before update or delete on published_sensitivequarter
    for each row execute function published_sensitive_is_frozen();
create trigger published_sensitive_is_frozen before update or delete on published_sensitivecount
    for each row execute function published_sensitive_is_frozen();
"""
UNDO = """
drop trigger published_sensitive_is_frozen on published_sensitivecount;
drop trigger published_sensitive_is_frozen on published_sensitivequarter;
drop function published_sensitive_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_same_problem"),
        ("layers", "0003_compared_anew"),
        ("published", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="SensitivePlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minimum", models.IntegerField(default=5)),
                ("begun_on", models.DateField(null=True)),
                (
                    "jurisdiction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sensitive_plan",
                        to="layers.jurisdiction",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="layers.kind"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 3)), name="sensitive_minimum_hides_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SensitiveService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True)),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SensitiveQuarter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("minimum", models.IntegerField()),
                (
                    "service_codes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                ("total", models.IntegerField()),
                ("published_at", models.DateTimeField()),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="layers.jurisdiction"
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="layers.kind"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("jurisdiction", "first_day"), name="sensitive_quarter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SensitiveCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("names", models.JSONField(default=dict)),
                ("n", models.IntegerField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="layers.area"
                    ),
                ),
                (
                    "quarter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="published.sensitivequarter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("quarter", "area"), name="sensitive_count_once")
                ],
            },
        ),
        migrations.RunSQL(FROZEN, UNDO),
    ]
