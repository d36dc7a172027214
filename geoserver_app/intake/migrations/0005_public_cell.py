"""The grid position of the public place, kept by the database itself, and the ways from a cell to its requests."""

import django.db.models.expressions
from django.db import migrations, models

# The same as layers.mercator.grid_position(): x in the even bits. Schemas are named, since a restore has no search path.
GRID_CODE = """
create function intake_grid_code(place postgis.geometry) returns bigint
language plpgsql immutable strict parallel safe as $$
declare
    lat float8 := greatest(-85.051128779806592, least(85.051128779806592, postgis.st_y(place)));
    x bigint := greatest(0, least(1073741823, trunc((postgis.st_x(place) + 180.0) / 360.0 * 1073741824)));
    y bigint := greatest(0, least(1073741823, trunc((1.0 - asinh(tan(radians(lat))) / pi()) / 2.0 * 1073741824)));
begin
    x := (x | (x << 16)) & 281470681808895;
    x := (x | (x << 8)) & 71777214294589695;
    x := (x | (x << 4)) & 1085102592571150095;
    x := (x | (x << 2)) & 3689348814741910323;
    x := (x | (x << 1)) & 6148914691236517205;
    y := (y | (y << 16)) & 281470681808895;
    y := (y | (y << 8)) & 71777214294589695;
    y := (y | (y << 4)) & 1085102592571150095;
    y := (y | (y << 2)) & 3689348814741910323;
    y := (y | (y << 1)) & 6148914691236517205;
    return x | (y << 1);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_media_links")]
    operations = [
        migrations.RunSQL(GRID_CODE, "drop function intake_grid_code(postgis.geometry)"),
        migrations.AddField(
            model_name="servicerequest",
            name="public_morton",
            field=models.GeneratedField(
                expression=models.Func(models.F("public_geom"), function="intake_grid_code"),
                output_field=models.BigIntegerField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                fields=["jurisdiction", "public_morton"],
                name="request_public_cell",
                condition=models.Q(public_morton__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                fields=["jurisdiction", "morton"], name="request_cell", condition=models.Q(morton__isnull=False)
            ),
        ),
    ]
