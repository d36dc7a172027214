"""What Encinar can be asked for: a few services with questions, a stopper, street lights that can be tapped."""

from typing import Any

LIGHTS = ((5.0, 4.1), (6.0, 4.1), (7.0, 4.1))  # on squared paper, along Birch Street


def fill(town: Any) -> None:
    """Departments, services with their forms, and the street lights."""
    from geoserver_app.catalog.models import Service, ServiceGroup
    from geoserver_app.org.models import Department, Post

    works = Department.objects.create(jurisdiction=town, code="public-works", name="Public Works")
    Post.objects.create(department=works, code="liaison", name="Public Works liaison", email="works@encinar.example")
    streets, trees = (
        ServiceGroup.objects.create(jurisdiction=town, code=code, name=name, names={"es": spanish}, position=position)
        for position, (code, name, spanish) in enumerate(
            (("streets", "Streets", "Calles"), ("trees", "Trees", "Árboles")), 1
        )
    )
    common: dict[str, Any] = {"jurisdiction": town, "department": works, "position": 10}
    Service.objects.create(
        code="pothole", name="Pothole", names={"es": "Bache"}, group=streets,
        keywords={"en": ["hole in the street"], "es": ["hoyo en la calle"]}, **common,
    )  # fmt: skip
    driveway = Service.objects.create(
        code="blocked_driveway", name="Blocked driveway", names={"es": "Entrada bloqueada"}, group=streets,
        descriptions={"es": "Un carro tapa una entrada."}, description="A car blocks a driveway.",
        keywords={"es": ["carro tapa mi cochera"]}, **common,
    )  # fmt: skip
    _question(driveway, "inside", 1, "Is your car inside?", "¿Su carro está adentro?", [
        _answer("yes", "Yes, I cannot leave", "Sí, no puedo salir"), _answer("no", "No", "No"),
    ])  # fmt: skip
    Service.objects.create(
        code="street_light", name="Street light out", names={"es": "Luz de la calle apagada"}, group=streets,
        location="asset", asset_kind="asset:street_light", snap_m=15, **common,
    )  # fmt: skip
    Service.objects.create(
        code="hours", name="City Hall hours", names={"es": "Horario"}, group=streets, kind="information",
        location="none", **common,
    )  # fmt: skip
    _tree(Service.objects.create(
        code="tree", name="Tree problem", names={"es": "Problema con un árbol"}, group=trees,
        keywords={"en": ["broken branch"], "es": ["rama quebrada"]}, **common,
    ))  # fmt: skip
    _lights(town)


def _tree(tree: Any) -> None:
    _question(tree, "where", 1, "Where does the tree stand?", "¿Dónde está el árbol?", [
        _answer("strip", "Between sidewalk and street", "Entre la banqueta y la calle", means="row"),
        _answer("yard", "Behind the fence", "Detrás de la cerca", means="private"),
        _answer("wires", "It touches wires", "Toca los cables", means="wires"),
        _answer("fallen", "It has fallen on the street", "Se cayó a la calle", means="fallen"),
        _answer("unsure", "I am not sure", "No sé"),
    ])  # fmt: skip
    stopper = {"en": "Stay away and call now.", "es": "Aléjese y llame ahora.", "telephone": "911"}
    _question(tree, "sparks", 2, "What do the wires do?", "¿Qué hacen los cables?", [
        _answer("rub", "Branches rub on them", "Las ramas los rozan"),
        _answer("sparks", "Sparks or smoke", "Chispas o humo", stopper=stopper),
    ], shown_if={"attribute": "where", "in": ["wires"]})  # fmt: skip


def _answer(key: str, english: str, spanish: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "en": english, "es": spanish, **more}


def _question(
    service: Any, code: str, position: int, english: str, spanish: str, values: list[Any], **more: Any
) -> None:
    from geoserver_app.catalog.models import ServiceAttribute

    ServiceAttribute.objects.create(
        service=service, code=code, position=position, datatype="singlevaluelist", required=True,
        question={"en": english, "es": spanish}, values=values, **more,
    )  # fmt: skip


def _lights(town: Any) -> None:
    from django.contrib.gis.geos import Point

    from tests import factories
    from tests.layers.town import at

    lights = factories.kind(
        town, "asset:street_light", "asset", "point", name="Street lights", names={"es": "Lámparas"}
    )
    for number, place in enumerate(LIGHTS, 1):
        factories.asset(lights, f"SL-{number}", Point(*at(*place), srid=4326), owner_class="city")
