"""route_preview: what would happen to a request at a place, as JSON and in words; writes nothing."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from geoserver_app.catalog.form import check_answers
from geoserver_app.catalog.models import Service
from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.route.models import RuleSet
from geoserver_app.route.preview import Preview, preview
from layers.errors import NotFound
from layers.models import Area, Jurisdiction


class Command(OneMapCommand):
    help = "Says what would happen to a request at a place, and why. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True, metavar="CODE")
        parser.add_argument("--at", metavar="LON,LAT", help="degrees, longitude first")
        parser.add_argument("--answer", action="append", default=[], metavar="K=V", help="may be repeated")
        parser.add_argument("--accuracy", type=float, metavar="METRES", help="of the position; a pin's is 5")
        parser.add_argument("--asset", type=int, metavar="ID", help="the asset that is tapped")
        parser.add_argument("--channel", default="web", choices=ServiceRequest.Channel.values)
        parser.add_argument("--when", type=datetime.fromisoformat, metavar="MOMENT", help="with zone; default: now")
        parser.add_argument(
            "--version-of-rules", type=int, metavar="N", help="another than the active one, also a draft"
        )
        parser.add_argument("--lang", default="en")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        service = Service.objects.select_related("jurisdiction").filter(
            jurisdiction=jurisdiction, code=options["service"]
        ).first()  # fmt: skip
        if service is None:
            raise NotFound(f"There is no service '{options['service']}'.")
        lon, lat = _position(options["at"])
        shown = preview(
            service,
            lon,
            lat,
            _answers(service, options["answer"]),
            at=options["when"] or timezone.now(),
            channel=options["channel"],
            language=options["lang"],
            rule_set=_rule_set(jurisdiction, options["version_of_rules"]),
            accuracy_m=options["accuracy"],
            asset_id=options["asset"],
        )
        self.stdout.write(json.dumps(as_json(shown), ensure_ascii=False, indent=2))
        self.stdout.write(shown.explanation.text)


def _position(text: str | None) -> tuple[float | None, float | None]:
    if text is None:
        return None, None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise CommandError(f"--at is {text!r}, but must be LON,LAT in degrees.", returncode=2) from error
    return lon, lat


def _answers(service: Service, given: list[str]) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for text in given:
        code, equals, value = text.partition("=")
        if not equals:
            raise CommandError(f"--answer is {text!r}, but must be QUESTION=ANSWER.", returncode=2)
        raw[code] = (
            [*raw[code], value] if isinstance(raw.get(code), list) else [raw[code], value] if code in raw else value
        )
    checked = check_answers(service, raw)
    wrong = [f"{code}: {message}" for code, message in checked.errors.items() if code in raw]
    if wrong:
        raise CommandError(f"Answers that the service does not offer: {'; '.join(wrong)}", returncode=1)
    return dict(checked.cleaned)


def _rule_set(jurisdiction: Jurisdiction, version: int | None) -> RuleSet | None:
    if version is None:
        return None
    found = RuleSet.objects.filter(jurisdiction=jurisdiction, version=version)
    rule_set = found.select_related("safe_post", "triage_post").first()
    if rule_set is None:
        raise NotFound(f"There is no version {version} of the rules.")
    return rule_set


def as_json(shown: Preview) -> dict[str, Any]:
    """A preview as JSON, with codes instead of ids."""
    links, routing = shown.links, shown.routing
    areas = Area.objects.filter(pk__in=links.area_ids).select_related("kind")
    post = _code(Post, routing.post_id)
    department = _code(Department, routing.department_id)
    agency = _code(Agency, routing.agency_id)
    copies = Post.objects.filter(pk__in=routing.copies).select_related("department")
    return {
        "areas": [f"{area.kind.code}:{area.code}" for area in areas],
        "inside": links.inside,
        "near_border": links.near_border,
        "lies_on": list(links.ground.codes),
        "parcel_id": links.parcel_id,
        "centerline_id": links.centerline_id,
        "public": asdict(links.public),
        "way": routing.way,
        "winner": routing.winner,
        "runner_up": routing.runner_up,
        "department": department,
        "post": post,
        "agency": agency,
        "priority": routing.priority,
        "triage": routing.triage,
        "copies": [f"{one.department.code}/{one.code}" for one in copies],
        "reviews": [asdict(doubt) for doubt in (*links.reviews, *routing.reviews)],
    }


def _code(model: type[Post] | type[Department] | type[Agency], pk: int | None) -> str | None:
    return None if pk is None else str(model._default_manager.get(pk=pk).code)
