"""What the header says of the office: open, closed on Fridays, closed for a holiday, in both languages."""

import pytest
from django.utils import translation

from geoserver_app.site.office import office
from tests.life import Town, local, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def almendra(db: None) -> Town:
    return town()


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        ("2026-11-16 09:00", "en", "Open now until 6:00 p.m."),
        ("2026-11-20 09:00", "en", "Closed today (Friday). Opens Monday 7:00 a.m."),
        ("2026-11-26 09:00", "en", "Closed today (Thanksgiving). Opens Monday 7:00 a.m."),
        ("2026-11-26 09:00", "es", "Hoy cerrado (Día de Acción de Gracias). Abre el lunes, 7:00 a.m."),
        ("2026-11-25 19:00", "en", "Closed now. Opens Monday 7:00 a.m."),
    ],
)
def test_the_header_knows_fridays_and_holidays(almendra: Town, moment: str, language: str, said: str) -> None:
    with translation.override(language):
        assert office(almendra.hall, almendra.jurisdiction.time_zone, local(moment)).sentence == said
