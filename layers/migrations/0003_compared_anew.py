"""What fresh rows belong to is looked up by a plan of each statement's own."""

from django.db import migrations

from layers import guards


class Migration(migrations.Migration):
    dependencies = [("layers", "0002_quality")]

    operations = [migrations.RunSQL(guards.COMPARES, migrations.RunSQL.noop)]
