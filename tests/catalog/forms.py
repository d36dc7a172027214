"""A service with a form, written in the test that needs it."""

from typing import Any

from geoserver_app.catalog.models import Service, ServiceAttribute, ServiceGroup
from geoserver_app.org.models import Department
from layers.models import Jurisdiction
from tests.city import jurisdiction_with_office

YES_NO = [{"key": "yes", "en": "Yes", "es": "Sí"}, {"key": "no", "en": "No", "es": "No"}]


def question(code: str, datatype: str = "string", **more: Any) -> dict[str, Any]:
    """The columns of one question; lists get yes and no where no values are given."""
    values = more.pop("values", YES_NO if datatype.endswith("list") else [])
    texts = {"en": f"{code}?", "es": f"¿{code}?"}
    return {"code": code, "datatype": datatype, "question": texts, "values": values, **more}


def service_with(*questions: dict[str, Any], jurisdiction: Jurisdiction | None = None, **columns: Any) -> Service:
    """A service of Almendra whose form has these questions, in this order."""
    jurisdiction = jurisdiction or jurisdiction_with_office()
    group, _ = ServiceGroup.objects.get_or_create(
        jurisdiction=jurisdiction, code="streets", defaults={"name": "Streets"}
    )
    department, _ = Department.objects.get_or_create(
        jurisdiction=jurisdiction, code="public_works", defaults={"name": "Public Works"}
    )
    values = {"code": "pothole", "name": "Pothole", "names": {"es": "Bache"}, **columns}
    service = Service.objects.create(jurisdiction=jurisdiction, group=group, department=department, **values)
    for position, columns_of_question in enumerate(questions, start=1):
        ServiceAttribute.objects.create(service=service, position=position, **columns_of_question)
    return Service.objects.with_form().get(pk=service.pk)
