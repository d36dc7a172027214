"""The demo's history: what the generator makes, filed through the product's own bulk path, with what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from fixtures.history import contacts
from fixtures.history.lives import Begun, Life, Lives, plain_ending
from fixtures.history.photos import photo
from fixtures.history.reports import SEED, History, Order, Report
from geoserver_app.accounts.models import PostHolder, User
from geoserver_app.catalog.models import Service
from geoserver_app.commands import demo_ground
from geoserver_app.flow_many import Opened, Past, Progress, Submitted, submit_many
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.store_many import Filed
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.org.models import Post
from geoserver_app.work.history_many import PastLine
from geoserver_app.work.models import Satisfaction, WorkOrder
from layers.errors import Conflict
from layers.models import Jurisdiction

DEFAULT_REQUESTS = contacts.TOTAL
_KEY = "demo-"


@dataclass(frozen=True)
class Stored:
    """What an earlier run has written of a history, and how much there is of it."""

    order: Order
    requests: int


def stored(place: Jurisdiction) -> Stored | None:
    """The history that is there, whole or not; None where there is none."""
    ours = ServiceRequest.objects.filter(jurisdiction=place, idempotency_key__startswith=_KEY)
    key = ours.values_list("idempotency_key", flat=True).first()
    if key is None:
        return None
    _, requests, as_of, *_ = str(key).split("-")
    return Stored(Order(int(requests), date.fromisoformat(as_of), ZoneInfo(place.time_zone)), ours.count())


def wanted(place: Jurisdiction, requests: int | None, as_of: date | None, today: date) -> Order:
    """The history to be made, or gone on with. Conflict where another one is there."""
    there = stored(place)
    fallback = there.order if there else Order(DEFAULT_REQUESTS, today, ZoneInfo(place.time_zone))
    order = replace(fallback, requests=requests or fallback.requests, as_of=as_of or fallback.as_of)
    if there and order != there.order:
        raise Conflict(
            f"A history of {there.order.requests} requests as of {there.order.as_of} is there already, and one database"
            " holds one. Drop it first: ./run reset"
        )
    return order


class Seeding:
    """One history on its way into the database."""

    def __init__(self, place: Jurisdiction, order: Order) -> None:
        self._place, self._order = place, order
        self._holidays = demo_ground.holidays(place)
        self.history = History(order, demo_ground.ground(place), demo_ground.asked(place), self._holidays)
        self.total = sum(sum(counts.values()) for counts in self.history.counts().values())
        self._same: dict[str, str] = {}
        self._services = {one.code: one for one in Service.objects.filter(jurisdiction=place)}
        self._biographer = _Biographer(place, order, self._holidays, list(self._services.values()))

    def run(self, progress: Progress, *, block: int = 10_000) -> Submitted:
        """Files what is missing, with all that became of it, and writes the truth about what was planted.

        Blocks are small: while one is copied and linked, nothing else can be seen to happen.
        """
        at = datetime.combine(self._order.as_of, datetime.min.time(), self._order.zone)
        done = submit_many(
            self._filed(), jurisdiction=self._place, at=at, progress=progress, lives=self._biographer, block=block
        )
        write_truth(self.history, self._same)
        return done

    def _filed(self) -> Iterator[Filed]:
        for report in self.history.reports():
            if report.problem != report.key:
                self._same[report.key] = report.problem
            yield Filed(self._submission(report), report.taken_in, report.same_as)

    def _submission(self, report: Report) -> Submission:
        who = report.person
        return Submission(
            jurisdiction_id=self._place.pk,
            service_id=self._services[report.service].pk,
            channel=report.channel,
            language=report.language,
            description=report.description,
            lon=report.lon,
            lat=report.lat,
            accuracy_m=report.accuracy_m,
            place_method=report.method,
            address_text=report.address,
            asset_id=report.asset_id,
            answers=report.answers,
            contact=Contact(who.name, who.email, who.phone, who.postal_address, who.tell_by),
            photos=() if report.photo is None else (read_photo(photo(report.service, report.photo))[0],),
            requested_datetime=report.requested,
            idempotency_key=report.key,
            source=report.source,
            external_id=report.external_id,
        )


def truth_file() -> Path:
    """Where the truth about the demo's history stands."""
    return Path(settings.DATA_DIR) / "demo" / "history.json"


def write_truth(history: History, same: Mapping[str, str]) -> None:
    """Writes what was planted, for tests and for whoever wants to see whether an analysis finds it.

    ``same`` are the further reports of a thing with the first one of it, by their keys.
    """
    told: dict[str, Any] = {
        "seed": SEED,
        "requests": history.order.requests,
        "as_of": history.order.as_of.isoformat(),
        "contacts": history.counts(),
        # Further reports of a thing, by their keys, with the key of the first one of it.
        "same": same,
        **history.planted.told(),
    }
    truth_file().parent.mkdir(parents=True, exist_ok=True)
    truth_file().write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class _Biographer:
    """Tells of each request that begins what became of it, in the product's own terms."""

    def __init__(
        self, place: Jurisdiction, order: Order, holidays: Sequence[date], services: Sequence[Service]
    ) -> None:
        self._lives = Lives(datetime.combine(order.as_of, datetime.min.time(), order.zone), holidays)
        self._services = {one.pk: one for one in services}
        desks = Post.objects.filter(department__jurisdiction=place, code="liaison")
        self._liaisons = {desk.department_id: desk.pk for desk in desks}
        self._holders = dict(PostHolder.objects.order_by("-pk").values_list("post_id", "user_id"))
        self._dispatcher = User.objects.filter(username="dispatcher").values_list("pk", flat=True).first()

    def __call__(self, opened: Sequence[Opened]) -> Iterator[Past]:
        return (self._past(one) for one in opened)

    def _past(self, one: Opened) -> Past:
        life = self._lives.of(self._begun(one))
        lines = self._lines(one, life)
        return Past(
            request_id=one.request_id,
            present=self._present(one, life, lines),
            lines=tuple(lines),
            reviewed_at=life.reviewed_at,
            orders=tuple(self._orders(one, life, lines)),
            satisfaction=self._satisfaction(one, life),
        )

    def _begun(self, one: Opened) -> Begun:
        given = one.filed.submission
        service = self._services[given.service_id]
        return Begun(
            key=one.filed.key,
            kind=service.kind,
            ends=plain_ending(service.code, service.kind),
            state=one.present.state,
            at=one.filed.at,
            due=one.present.expected_datetime,
            language=given.language,
            told_by=given.contact.tell_by,
            is_further=bool(one.filed.same_as),
            in_review=one.in_review,
            lively=not given.source,
        )

    def _lines(self, one: Opened, life: Life) -> list[PastLine]:
        lines: list[PastLine] = []
        state, department, post = one.present.state, one.present.department_id, one.present.post_id
        for happened in life.lines:
            before = (department, post)
            by = {"holder": self._holders.get(post) if post else None, "dispatcher": self._dispatcher}
            if happened.kind == "handed_on":
                department = self._services[one.filed.submission.service_id].department_id
                post = self._liaisons.get(department)
            lines.append(
                PastLine(
                    request_id=one.request_id, kind=happened.kind, at=happened.at, from_state=state,
                    to_state=happened.to_state, department_id=department, post_id=post, department_before_id=before[0],
                    post_before_id=before[1], by_id=by.get(happened.who),
                    by_reporter=happened.who == "reporter", note=happened.note, public=happened.public,
                )
            )  # fmt: skip
            state = happened.to_state
        return lines

    def _present(self, one: Opened, life: Life, lines: Sequence[PastLine]) -> Any:
        last = lines[-1] if lines else None
        department = last.department_id if last else one.present.department_id
        post = last.post_id if last else one.present.post_id
        return replace(
            one.present,
            state=life.state,
            department_id=department,
            post_id=post,
            assignee_id=self._holders.get(post) if life.accepted and post else None,
            resolution=life.resolution,
            status_notes=life.status_notes,
            field_action_at=life.field_action_at,
            closed_at=life.closed_at,
            told_at=life.told_at,
            updated_datetime=life.updated,
        )

    def _orders(self, one: Opened, life: Life, lines: Sequence[PastLine]) -> Iterator[WorkOrder]:
        if life.ordered is None:
            return
        at, crew = life.ordered
        begun = next(line for line in lines if line.to_state == "in_progress")
        if begun.department_id is None:
            return
        yield WorkOrder(
            request_id=one.request_id,
            department_id=begun.department_id,
            number=f"{one.filed.key.split('-')[-2]}-{one.filed.key.split('-')[-1]}",
            crew=crew,
            scheduled_on=(at + timedelta(days=1)).date(),
            created_at=at,
            created_by_id=begun.by_id,
            done_at=life.field_action_at,
        )

    def _satisfaction(self, one: Opened, life: Life) -> Satisfaction | None:
        if life.answer is None:
            return None
        at, resolved, rating, comment = life.answer
        given = one.filed.submission
        via = Satisfaction.Via.PHONE if given.channel == "phone" else Satisfaction.Via.WEB
        return Satisfaction(
            request_id=one.request_id, resolved=resolved, rating=rating, comment=comment, via=via,
            language=given.language, at=at, changed_at=at,
        )  # fmt: skip
