"""Two installations of ours on loopback: what one refers to the other goes there and comes back, over HTTP."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection

from geoserver_app import flow, flow_referrals
from geoserver_app.accounts.roles import Capability
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.seal import seal
from geoserver_app.intake.models import ServiceRequest
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
            _forwarded(endpoint, f"{address}/open311/v2/", made.stdout.strip(), name)
            _examined(address, made.stdout.strip())


def _template() -> str:
    """The database without rows from which that of the tests was made."""
    return str(connection.settings_dict["TEST"].get("TEMPLATE") or connection.settings_dict["NAME"])


def _forwarded(endpoint: Endpoint, url: str, key: str, database: str) -> None:
    agency = Agency.objects.get(code="county-roads")
    AgencyEndpoint.objects.create(agency=agency, url=url, sealed_key=seal(key), service_codes={"pothole": "pothole"})
    request = ServiceRequest.objects.get(service_request_id=report(endpoint, description="A hole, ñandú & co"))
    by = Actor.staff(endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    flow.refer(request.pk, agency, by=by, at=NOW, reason="Theirs")
    assert (flow_referrals.begin_due(NOW), flow_referrals.go_on_due(NOW)) == (1, 1)
    forward = Forward.objects.get()
    assert forward.state == "there", forward.error
    with _other(database) as other:
        row = other.execute("select description from intake_servicerequest where service_request_id = %s",
                            [forward.number]).fetchone()  # fmt: skip
        assert row is not None
        assert row[0].startswith("A hole, ñandú & co")
        other.execute(_CLOSE, [forward.number])
    assert flow_referrals.go_on_due(NOW + timedelta(minutes=16)) == 1
    request.refresh_from_db()
    assert request.state == "done"
    assert "Filled." in request.history.latest("pk").note


def _other(database: str) -> "psycopg.Connection[Any]":
    config = django_settings.DATABASES["default"]
    given = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    return psycopg.connect(dbname=database, autocommit=True, **{one: value for one, value in given.items() if value})


def _examined(address: str, key: str) -> None:
    """The examination passes over a real network too."""
    lon, lat = at(350, 700)
    findings = examine(f"{address}/open311/discovery.xml", trial=Trial(key, "blocked-driveway", lat, lon))
    assert [(one.rule, one.detail) for one in broken(findings)] == []
