"""The queue has one index, its key, in the order in which it is read and taken: whoever writes a request writes it too.

0004 had the queue read by an index beside the key. ADR 0081.
"""

from django.db import migrations

KEYED = """
alter table density_change drop constraint density_change_pkey;
alter table density_change add constraint density_change_pkey primary key ({columns});
"""


class Migration(migrations.Migration):
    dependencies = [("density", "0004_quicker_queue")]

    operations = [
        migrations.RemoveIndex(model_name="change", name="density_change_turn"),
        migrations.RunSQL(KEYED.format(columns="jurisdiction_id, audience, id"), KEYED.format(columns="id")),
    ]
