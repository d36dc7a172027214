"""The invented city with some history, before its beats are drawn anew.

Made in the process beside the server (tests/browser/beside.py), which is told:

- ``file TARGET`` writes the beats as they are drawn next, and files a pothole of last week in beat 21;
- ``work`` does what the worker would do, ``sums`` says what stands in the tables;
- ``moved FIRST`` says whose history tells of other beats, and who lies in another beat than before by shapely.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any


def act(what: str, *words: str) -> Any:
    """What the word says."""
    from tests.editions.sums import sums
    from tests.worker import run_jobs

    says = {"file": _file, "work": run_jobs, "sums": sums, "moved": _moved}
    return says[what](*words)


def _file(target: str) -> dict[str, str]:
    from django.utils import timezone

    from fixtures import next_beats

    next_beats.write(next_beats.next_beats(_beats()), Path(target))
    now = timezone.now()
    return {name: _pothole(now - timedelta(days=days)) for name, days in (("since", 5), ("before", 50))}


def _beats() -> dict[str, Any]:
    """The beats that the city's generator draws."""
    import tempfile

    from fixtures import next_beats
    from fixtures.city.build import build_city
    from fixtures.city.tables import tables
    from fixtures.city.write import write_tables

    with tempfile.TemporaryDirectory() as folder:
        write_tables([one for one in tables(build_city()) if one.path == "police/beats.shp"], Path(folder))
        return next_beats.read(Path(folder))


def _pothole(when: Any) -> str:
    """A pothole in the middle of beat 21."""
    from geoserver_app import flow
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.submission import Submission
    from layers.models import AreaShape

    beat = AreaShape.objects.get(area__code="21", kind__code="beat", in_force=True).geom.point_on_surface
    service = Service.objects.get(code="pothole")
    given = {"lon": beat.x, "lat": beat.y, "place_method": "pin", "requested_datetime": when}
    submission = Submission(service.jurisdiction_id, service.pk, "phone", **given)
    return str(flow.submit(submission, at=when).request)


def _moved(first: str) -> dict[str, list[str]]:
    from fixtures import next_beats
    from geoserver_app.intake.models import ServiceRequest
    from geoserver_app.work.models import StatusChange
    from layers.models import Jurisdiction

    place = Jurisdiction.objects.get(code="almendra")
    told = StatusChange.objects.filter(kind="moved", data__areas__isnull=False)
    before = _beats()
    after = next_beats.next_beats(before)
    since = [
        one
        for one in ServiceRequest.objects.exclude(geom=None).exclude(state="received")
        if place.local_date(one.requested_datetime) >= date.fromisoformat(first)
    ]
    expected = [str(one) for one in since if _beat(before, one.geom) != _beat(after, one.geom)]
    return {"told": sorted({str(one.request) for one in told}), "expected": sorted(expected)}


def _beat(beats: dict[str, Any], place: Any) -> str:
    import shapely

    point = shapely.Point(place.x, place.y)
    return next((code for code, one in sorted(beats.items()) if one.shape.intersects(point)), "")
