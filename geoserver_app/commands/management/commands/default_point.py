"""default_point: points that some source writes for "place unknown"; what lies there is no place."""

from typing import Any

from django.contrib.gis.geos import Point
from django.core.management.base import CommandError, CommandParser

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.geocode.models import DefaultPoint
from layers.lookup import check_position
from layers.srid import STORAGE_SRID


class Command(OneMapCommand):
    """default_point [LON LAT] [--radius M] [--note TEXT] [--remove]"""

    help = "Lists the points that stand for 'place unknown', adds one, or removes those at a point."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lon", type=float, nargs="?", help="degrees, EPSG:4326")
        parser.add_argument("lat", type=float, nargs="?")
        parser.add_argument("--radius", type=float, default=2.0, metavar="METRES", help="how exactly it is written (2)")
        parser.add_argument("--note", default="", metavar="TEXT", help="who writes it, and what is there")
        parser.add_argument("--remove", action="store_true", help="take it out instead")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        lon, lat = options["lon"], options["lat"]
        if (lon is None) != (lat is None) or options["radius"] <= 0:
            raise CommandError("Say LON LAT in degrees, and a --radius above 0.", returncode=2)
        if lon is not None:
            check_position(lon, lat)
            point = Point(lon, lat, srid=STORAGE_SRID)
            if options["remove"]:
                DefaultPoint.objects.filter(jurisdiction=place, point=point).delete()
            else:
                DefaultPoint.objects.update_or_create(
                    jurisdiction=place, point=point, defaults={"radius_m": options["radius"], "note": options["note"]}
                )
        for one in DefaultPoint.objects.filter(jurisdiction=place).order_by("pk"):
            self.stdout.write(f"{one.point.x:.7f} {one.point.y:.7f}, {one.radius_m:g} m: {one.note or 'no note'}")
