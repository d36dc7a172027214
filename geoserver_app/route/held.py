"""Rules that name areas, of the version in force and of drafts: what the quality report of a new edition asks for."""

from collections.abc import Collection, Iterator

from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from layers.holders import Held
from layers.models import Area, Kind

_LIVE = (RuleSet.State.ACTIVE, RuleSet.State.DRAFT)


def rules_of(kind: Kind, area_ids: Collection[int]) -> Iterator[Held]:
    """Exceptions and rows of the table of defaults that name some of the areas (ids) of a kind."""
    areas = {f"{kind.code}:{code}": pk for pk, code in Area.objects.filter(pk__in=area_ids).values_list("pk", "code")}
    ours = {"rule_set__jurisdiction": kind.jurisdiction_id, "rule_set__state__in": _LIVE}
    for rule in Rule.objects.filter(**ours, condition__has_key="areas").select_related("rule_set").order_by("pk"):
        for name in rule.condition["areas"]:
            if name in areas:
                yield Held(areas[name], rule.pk, f"{rule.rule_set}: {rule.code}", _address(rule.rule_set_id))
    rows = DefaultRoute.objects.filter(**ours, area__in=area_ids).select_related("rule_set", "service")
    for row in rows.order_by("pk"):
        if row.area_id is not None:
            yield Held(row.area_id, row.pk, f"{row.rule_set}: {row.service.code}", _address(row.rule_set_id))


def _address(rule_set_id: int) -> str:
    return f"/admin/route/ruleset/{rule_set_id}/change/"
