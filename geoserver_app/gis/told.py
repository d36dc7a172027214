"""A report as plain text: for a terminal, a mail, a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from geoserver_app.gis import content, sentences
from geoserver_app.gis.class_words import CHANGES, SEVERITIES, STATES, called
from layers.models import Edition, QualityReport
from layers.quality import report as quality
from layers.quality import store

LINES = 10


def lines(report: QualityReport, most: int = LINES, *, sql: bool = True) -> Iterator[str]:
    """The report, a line each: head, facts, findings with the first of each class, change, what changes hands."""
    yield heading(report.edition)
    yield "  " + sentences.counted(content.severities(report))
    for _code, title, value in named_facts(report):
        yield f"  {title}: {value}"
    for section in content.sections(report, most):
        yield ""
        yield section.title
        for group in section.groups:
            yield from _group(group, sql=sql)
    yield from _change(report, most)


def heading(edition: Edition) -> str:
    """Which edition it is: "Edition 7 of beat (almendra), number 2, draft: beats.shp"."""
    return _("Edition %(id)s of %(kind)s (%(place)s), number %(seq)s, %(state)s: %(source)s") % {
        "id": edition.pk, "kind": edition.kind.code, "place": edition.kind.jurisdiction.code, "seq": edition.seq,
        "state": state_of(edition), "source": edition.source,
    }  # fmt: skip


def state_of(edition: Edition) -> str:
    """Draft, withdrawn, or in force with its days."""
    days = edition.in_force
    if days is None:
        return called(STATES, edition.state)
    first = _("from %(day)s") % {"day": days.lower} if days.lower else _("since ever")
    if days.upper is None:
        return first
    return _("%(first)s to %(day)s") % {"first": first, "day": days.upper - timedelta(days=1)}


def named_facts(report: QualityReport) -> list[tuple[str, str, str]]:
    """(code, what it is called, value) of what is counted once."""
    names = {
        "features": _("Features"), "in_file": _("In the file"), "coverage": _("Of the jurisdiction covered"),
        "overlap": _("Overlap in all"), "gaps": _("Gaps in all"),
        "without_numbers": _("Segments without house numbers"),
    }  # fmt: skip
    rows = []
    for code, value in content.facts(report):
        name, _colon, rest = value.partition(": ")
        rows.append((code, names[code], value) if code in names else (code, name, rest))
    return rows


def _group(group: content.Group, *, sql: bool) -> Iterator[str]:
    area = f", {group.area}" if group.area else ""
    yield f"  {called(SEVERITIES, group.severity)}: {group.title} ({sentences.number(group.count)}{area}). {group.hint}"
    for line in group.lines:
        place = line.finding.place
        at = f"  [{place.x:.6f}, {place.y:.6f}]" if place else ""
        fids = f"  fid {', '.join(map(str, line.finding.fids[:8]))}" if line.finding.fids else ""
        yield f"    {line.sentence}{at}{fids}"
    if group.more:
        yield "    " + _("and %(count)s more") % {"count": sentences.number(group.more)}
    if sql and group.sql:
        yield f"    SQL: {group.sql}"


def _change(report: QualityReport, most: int) -> Iterator[str]:
    if report.against is None:
        return
    yield ""
    yield _("Change against edition %(id)s (number %(seq)s, %(state)s)") % {
        "id": report.against.pk, "seq": report.against.seq, "state": state_of(report.against),
    }  # fmt: skip
    for group in content.changes(report, most):
        yield f"  {group.title}: {sentences.number(group.count)}"
        for _one, told in group.lines:
            yield f"    {told}"
    for one in content.successions(report):
        sure = _("confirmed") if one.confirmed else _("proposed")
        yield f"  {one.old.code} → {one.new.code}: {sentences.number(100 * one.share, 1)} % ({sure})"
    for holder in content.handovers(report):
        for one, told in holder.lines[:most]:
            mark = "! " if one.holds_up else "  "
            yield f"{mark}{told}"
        if len(holder.lines) > most:
            yield "    " + _("and %(count)s more") % {"count": sentences.number(len(holder.lines) - most)}


def difference(edition: Edition, against: Edition, most: int) -> Iterator[str]:
    """What one edition changes against another, a line each; made on the spot."""
    changed, handed = quality.difference(edition, against)
    report = QualityReport(edition=edition, against=against)
    yield heading(edition)
    yield heading(against)
    listed = store.change_rows(report, changed)
    for code, count in changed.counts.items():
        yield f"  {called(CHANGES, code)}: {sentences.number(count)}"
        for one in listed:
            if one.what == code and one.rank <= most:
                yield f"    {sentences.change_sentence(one)}"
    for went in changed.went:
        yield f"  {went.old} → {went.new}: {sentences.number(100 * went.share, 1)} %"
    for handover in store.handover_rows(report, handed):
        if handover.rank <= most:
            yield ("! " if handover.holds_up else "  ") + sentences.handover_sentence(handover)
