"""explain: why a request went where it went: links, distances, every rule that was tried, the winner, in words."""

from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.route.explain import explain
from layers.errors import NotFound


class Command(OneMapCommand):
    help = "Says in words why a request went where it went."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service_request_id")
        parser.add_argument("--lang", default="en")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["service_request_id"]
        request = ServiceRequest.objects.filter(
            jurisdiction=chosen_jurisdiction(options), service_request_id=number
        ).first()  # fmt: skip
        if request is None:
            raise NotFound(f"There is no request {number}. Numbers look like 26-004512-7.")
        self.stdout.write(explain(request, options["lang"]).text)
