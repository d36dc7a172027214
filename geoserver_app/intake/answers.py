"""What was answered to the questions of a request's service."""

from typing import Any

from geoserver_app.intake.models import ServiceRequest
from layers.asked import ask

_ANSWERS = """
select q.code, a.value from intake_answer a join catalog_serviceattribute q on q.id = a.attribute_id
where a.request_id = %(request)s::bigint
"""


def answers_of(request: ServiceRequest) -> dict[str, Any]:
    """The cleaned answers (see catalog.form) by the codes of their questions; not asked for where there are none."""
    if not request.service.attributes.all():
        return {}
    return {row.code: row.value for row in ask(_ANSWERS, {"request": request.pk})}
