"""The life of many requests at once, set-based: the same as flow gives for each of them, and a test holds them equal.

Reports come in blocks, each a transaction of its own: copied into a batch, linked, routed and begun there, then every
row is written once. Several blocks are on their way side by side and committed in their order. Nothing is told to
anybody. A block that fails leaves the blocks before it; the same call again goes on with what is missing, since reports
are known by their keys.
"""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias, cast
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from geoserver_app.failpoint import reached
from geoserver_app.flow_placing import SURE
from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.locate import locate_many
from geoserver_app.intake import store_many
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.store_many import Filed, Reserved, Spot
from geoserver_app.intake.submission import Submission
from geoserver_app.link import bulk as linking
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.route import bulk as routing
from geoserver_app.side_by_side import LANES, Turn, side_by_side
from geoserver_app.work import history_many
from geoserver_app.work.due_many import fill_due
from geoserver_app.work.history_many import PastLine
from geoserver_app.work.models import Satisfaction, WorkOrder
from geoserver_app.work.present import Present
from layers.errors import OneMapError
from layers.models import Area, Edition, Jurisdiction

BLOCK = 50_000
_STEPS = Path(__file__).parent / "flow_steps"
# Addresses of which it is remembered where they lie: a block's own, and those of the blocks before.
MOST_KEPT = 100_000
Progress: TypeAlias = Callable[[int], None]
# An address, and how many changes of editions had gone before.
Asked: TypeAlias = tuple[str, int]


class BlockFailed(OneMapError):
    """A block of reports could not be written; those before it are."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A request of a block as it begins: who has it, until when. ``filed`` is the report that it was."""

    request_id: int
    filed: Filed
    present: Present
    in_review: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the life of a request that ended, or went on, before it came here.

    ``lines`` follow the opening; ``reviewed_at`` is when a person settled what the product could not decide.
    """

    request_id: int
    present: Present
    lines: tuple[PastLine, ...] = ()
    reviewed_at: datetime | None = None
    orders: tuple[WorkOrder, ...] = ()
    satisfaction: Satisfaction | None = None


Lives: TypeAlias = Callable[[Sequence[Opened]], Iterable[Past]]


@dataclass(frozen=True)
class Submitted:
    """How many reports became requests, and how many had been there before."""

    new: int
    known: int


def submit_many(
    batch: Iterable[Filed],
    *,
    jurisdiction: Jurisdiction,
    at: datetime | None = None,
    progress: Progress = lambda _count: None,
    lives: Lives | None = None,
    block: int = BLOCK,
    commit: bool = True,
) -> Submitted:
    """Takes reports in, in their order, ``block`` at a time; ``lives`` says of each what became of it later.

    ``at`` is now: areas of today are by its editions. Without ``commit`` all the work is done and undone. BlockFailed
    where a block cannot be written.
    """
    intake = Intake(jurisdiction, at or timezone.now(), lives, commit)
    new = known = 0
    blocks = (intake.prepare(reports) for reports in _blocks(batch, block))
    try:
        for count, written in side_by_side(blocks, intake.write):
            new, known = new + written, known + count - written
            progress(count)
    except BlockFailed as error:
        told = f"{error} The {new + known} before them are there; the same call goes on."
        raise BlockFailed(told) from error.__cause__
    return Submitted(new, known)


@dataclass(frozen=True)
class Block:
    """Reports of a block that are not there yet, with all that is settled before its transaction."""

    reports: Sequence[Filed]
    fresh: Sequence[Filed]
    spots: Sequence[Spot]
    reserved: Reserved


@contextmanager
def _naming(reports: Sequence[Filed]) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, OneMapError) as error:
        told = f"{len(reports)} reports from '{reports[0].key}' on could not be written: {error}"
        raise BlockFailed(told) from error


@dataclass
class Intake:
    """What all blocks share: the office's calendar, where addresses were found, the reports that are on their way."""

    jurisdiction: Jurisdiction
    at: datetime
    lives: Lives | None
    commit: bool = True
    calendar: OfficeCalendar = field(init=False)
    changes: list[date] = field(init=False)
    # Kinds of which an edition came or went, with their areas: of all others a request's own areas are those of today.
    changed: list[int] = field(init=False)
    changed_areas: list[int] = field(init=False)
    found: dict[Asked, Candidate | None] = field(default_factory=dict)
    # As many blocks as can be on their way, and one more: the database tells of those before.
    underway: deque[dict[str, int]] = field(default_factory=lambda: deque(maxlen=LANES + 2))

    def __post_init__(self) -> None:
        self.calendar = calendar_of(self.jurisdiction)
        self.changes = days_of_change(self.jurisdiction)
        self.changed = kinds_that_changed(self.jurisdiction)
        self.changed_areas = list(Area.objects.filter(kind__in=self.changed).values_list("pk", flat=True))

    def prepare(self, reports: Sequence[Filed]) -> Block:
        """Settles what must be settled in order: which reports are new, their numbers, incidents and places."""
        with _naming(reports):
            underway = ChainMap(*self.underway)
            fresh = store_many.unseen(reports, self.jurisdiction, underway)
            reserved = store_many.reserve(fresh, self.jurisdiction, underway, for_good=self.commit)
            spots = self.spots(fresh)
        incidents = (incident for incident, _ in reserved.incidents)
        self.underway.append({one.key: incident for one, incident in zip(fresh, incidents, strict=True) if one.key})
        return Block(reports, fresh, spots, reserved)

    def write(self, block: Block, my_turn: Turn) -> tuple[int, int]:
        """Writes one block in one transaction; how many reports it had, and how many of them were new."""
        if block.fresh:
            with _naming(block.reports), transaction.atomic():
                self._written(block)
                my_turn()
                reached("many.before_commit")
                transaction.set_rollback(not self.commit)
            reached("many.committed")
        return len(block.reports), len(block.fresh)

    def _written(self, block: Block) -> None:
        self._stage(block)
        self._areas_today()
        self._link_and_route()
        self._open()
        self._live(dict(zip(block.reserved.ids, block.fresh, strict=True)))
        self._write(block.fresh, block.reserved.ids)
        forget()

    def _stage(self, block: Block) -> None:
        store_many.stage(block.fresh, block.spots, block.reserved)

    def spots(self, batch: Sequence[Filed]) -> list[Spot]:
        """Where reports are, as flow finds it for one: a report without a pin gets the place of its address."""
        asked = [self._asked(one) for one in batch]
        self._locate({one for one in asked if one is not None})
        return [self._spot(one.submission, question) for one, question in zip(batch, asked, strict=True)]

    def _asked(self, one: Filed) -> Asked | None:
        """The address that is looked up, and between which changes of editions it was given; None for none."""
        given = one.submission
        text = given.address_text.strip()
        if not text or (given.place_method == ServiceRequest.PlaceMethod.ADDRESS and given.lon is not None):
            return None
        on = self.jurisdiction.local_date(given.requested_datetime or one.at)
        return text, sum(day <= on for day in self.changes)  # between two changes an address does not move

    def _locate(self, wanted: set[Asked]) -> None:
        """Looks up what was not asked before: one search for all addresses of an era."""
        if len(self.found) > MOST_KEPT:
            self.found.clear()
        eras: dict[int, list[str]] = {}
        for text, era in sorted(wanted - self.found.keys()):
            eras.setdefault(era, []).append(text)
        for era, texts in eras.items():
            answers = locate_many(self.jurisdiction, texts, on=self._day_of(era), limit=1)
            for text, answer in zip(texts, answers, strict=True):
                sure = answer and answer[0].score >= SURE
                self.found[text, era] = answer[0] if sure else None

    def _day_of(self, era: int) -> date:
        """A day between the changes that an era lies between."""
        if era:
            return self.changes[era - 1]
        return self.changes[0] - timedelta(days=1) if self.changes else self.jurisdiction.local_date(self.at)

    def _spot(self, given: Submission, asked: Asked | None) -> Spot:
        if asked is None:
            text = given.address_text.strip()
            named = (given.lon, given.lat, text) if text and given.lon is not None else (None, None, None)
            return Spot(given.lon, given.lat, given.place_method, *named)
        best = self.found[asked]
        if best is None:
            return Spot(given.lon, given.lat, given.place_method)
        if given.lon is None:
            method = ServiceRequest.PlaceMethod.ADDRESS.value
            return Spot(best.lon, best.lat, method, best.lon, best.lat, best.label)
        return Spot(given.lon, given.lat, given.place_method, best.lon, best.lat, best.label)

    def _areas_today(self) -> None:
        """Areas of the kinds that changed by the editions of today, of what was filed before the last change."""
        execute("create temporary table today_batch (request_id bigint, area_ids bigint[]) on commit drop")
        if not self.changes:
            return
        linking.create_batch()
        last = midnight(self.changes[-1], self.jurisdiction)
        if run_step("link", jurisdiction=self.jurisdiction.pk, today=self.at, before=last):
            linking.areas_many("today_batch", kinds=self.changed)
            execute("analyze today_batch (request_id)")
        linking.drop_batch()

    def _link_and_route(self) -> None:
        linking.create_batch()
        run_step("link", jurisdiction=self.jurisdiction.pk, today=None, before=None)
        linking.link_many()
        routing.route_many()

    def _open(self) -> None:
        run_step("open")
        fill_due("open_batch", calendar=self.calendar, jurisdiction_id=self.jurisdiction.pk)
        # What an agency does is not promised in its name.
        execute("update open_batch set expected_datetime = null where state = 'referred'")
        execute("analyze open_batch (request_id)")
        history_many.open_many("open_batch")

    def _live(self, filed: dict[int, Filed]) -> None:
        if self.lives is None:
            return
        pasts = list(self.lives(_opened(filed)))
        _copy_pasts(pasts)
        run_step("past")
        history_many.append_many(line for past in pasts for line in past.lines)
        WorkOrder.objects.bulk_create((one for past in pasts for one in past.orders), batch_size=2_000)
        answers = (past.satisfaction for past in pasts if past.satisfaction is not None)
        Satisfaction.objects.bulk_create(answers, batch_size=2_000)

    def _write(self, fresh: Sequence[Filed], ids: Sequence[int]) -> None:
        store_many.write_beside(fresh, ids, self.jurisdiction)
        run_step("requests", jurisdiction=self.jurisdiction.pk, changed=self.changed_areas)
        linking.keep_many()
        routing.keep_many(at=self.at)
        run_step("reviews")


def _blocks(batch: Iterable[Filed], size: int) -> Iterator[list[Filed]]:
    source = iter(batch)
    while block := list(islice(source, size)):
        yield block


def days_of_change(jurisdiction: Jurisdiction) -> list[date]:
    """The local days on which an edition of any kind came into force or went out, in order."""
    return sorted({day for _kind, day in _changes(jurisdiction)})


def kinds_that_changed(jurisdiction: Jurisdiction) -> list[int]:
    """The ids of the kinds of which an edition came into force or went out on some day."""
    return sorted({kind for kind, _day in _changes(jurisdiction)})


def _changes(jurisdiction: Jurisdiction) -> Iterator[tuple[int, date]]:
    editions = Edition.objects.filter(kind__jurisdiction=jurisdiction, state=Edition.State.ACTIVE)
    for kind, one in editions.values_list("kind_id", "in_force"):
        yield from ((kind, day) for day in (one.lower, one.upper) if day is not None) if one else ()


def midnight(day: date, jurisdiction: Jurisdiction) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), ZoneInfo(jurisdiction.time_zone))


_PRESENT = [one.name for one in fields(Present)]
_present_of = attrgetter(*_PRESENT)


def _opened(filed: dict[int, Filed]) -> list[Opened]:
    columns = ", ".join(_PRESENT)
    with connection.cursor() as cursor:
        cursor.execute(f"select request_id, in_review, {columns} from open_batch order by request_id")
        return [Opened(row[0], filed[row[0]], Present(*row[2:]), row[1]) for row in cursor.fetchall()]


def _copy_pasts(pasts: Sequence[Past]) -> None:
    execute("create temporary table past_batch (like open_batch) on commit drop")
    columns = ", ".join(["request_id", "reviewed_at", *_PRESENT])
    with connection.cursor() as cursor, cast(Any, cursor).copy(f"copy past_batch ({columns}) from stdin") as copy:
        for past in pasts:
            copy.write_row((past.request_id, past.reviewed_at, *_present_of(past.present)))


def forget() -> None:
    """Drops what a block left, so that the next one can be written where it is part of a larger transaction."""
    linking.drop_batch()
    execute(
        "drop table if exists pg_temp.intake_batch, pg_temp.open_batch, pg_temp.past_batch, pg_temp.today_batch,"
        " pg_temp.moved_batch"
    )


def run_step(name: str, **parameters: Any) -> int:
    """Runs one of the files of flow_steps; how many rows it wrote."""
    return execute((_STEPS / f"{name}.sql").read_text(encoding="utf-8"), parameters)


def execute(statement: str, parameters: dict[str, Any] | None = None) -> int:
    """Runs a statement on Django's own connection; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)
