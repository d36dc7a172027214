"""Two installations of ours on loopback: what one refers to the other goes there and comes back, over HTTP."""

import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from PIL import Image

from geoserver_app import flow, flow_referrals
from geoserver_app.accounts.roles import Capability
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.seal import seal
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.submission import Photo
from geoserver_app.open311.conformance.run import broken, examine
from geoserver_app.open311.conformance.sending import Trial
from geoserver_app.org.models import Agency
from geoserver_app.work.actor import Actor
from tests.browser import server
from tests.link.squared import at
from tests.open311.conftest import NOW, Endpoint
from tests.open311.test_listing import report

_CLOSE = """
update intake_servicerequest set state = 'closed', closed_at = now(), is_public = true, status_notes = 'Filled.'
where service_request_id = %s
"""
_TAKEN = """
select r.service_request_id, r.description, m.width, m.height
from intake_servicerequest r left join intake_media m on m.request_id = r.id
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_referral_goes_to_another_server_and_its_end_comes_back(
    endpoint: Endpoint, settings: Any, tmp_path: Path
) -> None:
    settings.OPEN311_INSIDE_HOSTS = ["127.0.0.1"]
    name = f"{connection.settings_dict['NAME']}_next_door"
    environment = {**server.environment(tmp_path, name), "DEFAULT_JURISDICTION": "almendra"}
    with server._database(name, _template()):
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, cwd=server.ROOT, env=environment, check=True)
        made = subprocess.run([sys.executable, "-m", "tests.open311.second_town"], cwd=server.ROOT, env=environment,
                              check=True, capture_output=True, text=True)  # fmt: skip
        with server.serving(environment, tmp_path) as address:
            assert_forwarded(endpoint, f"{address}/open311/v2/", made.stdout.strip(), name)
            assert_examined(address, made.stdout.strip())


def _template() -> str:
    """The database without rows from which that of the tests was made."""
    return str(connection.settings_dict["TEST"].get("TEMPLATE") or connection.settings_dict["NAME"])


def assert_forwarded(endpoint: Endpoint, url: str, key: str, database: str) -> None:
    """A referral is there with its words and its released photo, once; when they close it, it is done here."""
    agency = Agency.objects.get(code="county-roads")
    AgencyEndpoint.objects.create(agency=agency, url=url, sealed_key=seal(key), service_codes={"pothole": "pothole"})
    ours = report(endpoint, description="A hole, ñandú & co", photos=(large_photo(),))
    request = ServiceRequest.objects.get(service_request_id=ours)
    by = Actor.staff(endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    flow.refer(request.pk, agency, by=by, at=NOW, reason="Theirs")
    assert (flow_referrals.begin_due(NOW), flow_referrals.go_on_due(NOW)) == (1, 1)
    forward = Forward.objects.get()
    assert forward.state == "there", forward.error
    with _other(database) as other:
        rows = other.execute(_TAKEN).fetchall()
        assert [(number, words.partition("\n")[0], size) for number, words, *size in rows] == [
            (forward.number, "A hole, ñandú & co", [1600, 1200])
        ]
        other.execute(_CLOSE, [forward.number])
    assert flow_referrals.go_on_due(NOW + timedelta(minutes=16)) == 1
    request.refresh_from_db()
    assert request.state == "done"
    assert "Filled." in request.history.latest("pk").note


def large_photo() -> Photo:
    """A photo of a million bytes: noise is what JPEG makes least small."""
    buffer = BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(buffer, "JPEG", quality=95)
    photo = read_photo(buffer.getvalue())[0]
    assert len(photo.content) > 900_000
    return photo


def _other(database: str) -> "psycopg.Connection[Any]":
    config = django_settings.DATABASES["default"]
    given = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    return psycopg.connect(dbname=database, autocommit=True, **{one: value for one, value in given.items() if value})


def assert_examined(address: str, key: str) -> None:
    """The examination passes over a real network too."""
    lon, lat = at(350, 700)
    findings = examine(f"{address}/open311/discovery.xml", trial=Trial(key, "blocked-driveway", lat, lon))
    assert [(one.rule, one.detail) for one in broken(findings)] == []
