"""Tasks and schedules, in the database itself: a job is written by the transaction of the row that caused it."""

import logging
from contextlib import suppress
from datetime import UTC, datetime

from django.conf import settings
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from geoserver_app import flow, flow_days, flow_editions, flow_referrals, flow_rules, flow_turns
from geoserver_app.density import upkeep
from geoserver_app.density.rebuild import rebuild
from geoserver_app.editions import pulling, receiving
from geoserver_app.editions.models import Incoming, Simulation
from geoserver_app.notify import outbox
from geoserver_app.notify.delivery import deliver_due
from geoserver_app.published import basemap, sensitive
from geoserver_app.published.reader import DatabaseAway
from geoserver_app.route.models import RuleSimulation
from layers.models import Jurisdiction, QualityReport
from layers.quality import report as quality

log = logging.getLogger(__name__)
_AGAIN = RetryStrategy(max_attempts=5, exponential_wait=5, retry_exceptions=[DatabaseAway])
# A report that was taken in reaches its end, however often the machine stumbles: for about a day.
_UNTIL_DONE = RetryStrategy(max_attempts=12, exponential_wait=3)
_MAILS_AT_ONCE = 200


@app.task(name="settle_request", retry=_UNTIL_DONE)
def settle_request(request_id: int) -> None:
    """Goes on with a report that was committed and not placed and routed: its process ended in between."""
    flow.settle(request_id)


@app.periodic(cron="* * * * *")
@app.task(name="deliver_mail", queueing_lock="deliver_mail")
def deliver_mail(timestamp: int) -> None:
    """Sends the mails that are due: every minute, and as soon as a transaction that wrote one is committed."""
    done = deliver_due(
        _MAILS_AT_ONCE, timezone.now(), on_end=flow.message_ended, draw=import_string(settings.MAIL_PICTURE)
    )
    if done.sent or done.failed:
        log.info("mail delivered", extra={"sent": done.sent, "failed": done.failed, "later": done.later})


@app.periodic(cron="* * * * *")
@app.task(name="forward_referrals", queueing_lock="forward_referrals", lock="forward_referrals")
def forward_referrals(timestamp: int) -> None:
    """Sends what was referred to agencies with an endpoint of their own, and asks after what they have."""
    begun, spoken = flow_referrals.begin_due(), flow_referrals.go_on_due()
    if begun or spoken:
        log.info("referrals forwarded", extra={"begun": begun, "spoken": spoken})


@app.periodic(cron="41 9 * * *")
@app.task(name="forget_mail", queueing_lock="forget_mail")
def forget_mail(timestamp: int) -> None:
    """Blanks addresses and words of messages that ended half a year ago."""
    log.info("mail forgotten", extra={"messages": outbox.forget(timezone.now())})


@app.task(name="render_basemap", retry=_AGAIN)
def render_basemap(jurisdiction_id: int) -> None:
    """Renders the basemap tiles whose ground changed. The activation that interrupts it has deferred the next one."""
    try:
        done = basemap.bring_up_to_date(jurisdiction_id)
    except basemap.GroundChanged:
        log.info("basemap interrupted", extra={"jurisdiction": jurisdiction_id})
    else:
        log.info("basemap rendered", extra={"jurisdiction": jurisdiction_id, "tiles": done.rendered})


@app.task(name="turn_edition", retry=_UNTIL_DONE)
def turn_edition(turn_id: int) -> None:
    """Lets the requests follow an edition that came in or went out; goes on where another worker broke off."""
    done = flow_turns.run_turn(turn_id)
    log.info("edition turned", extra={"turn": turn_id, "requests": done.done, "moved": done.moved})


@app.periodic(cron="*/5 * * * *")
@app.task(name="resume_turns", queueing_lock="resume_turns")
def resume_turns(timestamp: int) -> None:
    """Asks again for turns that gave no sign of life for a while: their worker died."""
    for turn_id in flow_turns.stalled(timezone.now()):
        turn_edition.defer(turn_id=turn_id)


def defer_basemap(jurisdiction_id: int) -> None:
    """Lets the worker render what changed, once the caller's transaction is committed; one run at a time."""
    render_basemap.configure(lock=f"basemap-{jurisdiction_id}").defer(jurisdiction_id=jurisdiction_id)


# Often, because midnight differs between time zones, and because a machine may have been off at it. In order: one that
# waited since before midnight must not turn back what a later one turned.
@app.periodic(cron="*/5 * * * *")
@app.task(name="keep_current", queueing_lock="keep_current", lock="keep_current")
def keep_current(timestamp: int) -> None:
    """Puts editions in force whose day has come, with the requests that follow."""
    at = datetime.fromtimestamp(timestamp, UTC)
    for place in Jurisdiction.objects.order_by("pk"):
        for turn in flow_days.keep_current(place, at=at):
            log.info("edition of the day", extra={"turn": turn.pk, "requests": turn.total})
        place.refresh_from_db()
        if not basemap.is_up_to_date(place):
            defer_basemap(place.pk)


@app.periodic(cron="* * * * *")
@app.task(name="keep_counts", queueing_lock="keep_counts")
def keep_counts(timestamp: int) -> None:
    """Takes what changed into the counts of the map, so that little waits to be added to each answer: every minute, and
    every few seconds where much comes in."""
    busy = False
    for place in Jurisdiction.objects.all():
        done = upkeep.keep(place, at=timezone.now())
        busy |= done.is_busy
        if done.rebuild:
            defer_counting(place.pk)
        elif done.drained.changes:
            log.info("counts kept", extra={"jurisdiction": place.pk, "changes": done.drained.changes})
    if busy:
        with suppress(AlreadyEnqueued), atomic():
            soon = {"seconds": upkeep.SOON_S}
            app.configure_task("keep_counts", queueing_lock="keep_counts", schedule_in=soon).defer(timestamp=timestamp)


@app.task(name="rebuild_counts")
def rebuild_counts(jurisdiction_id: int) -> None:
    """Counts a jurisdiction anew: by night, after bulk loads, and for a start."""
    for done in rebuild(Jurisdiction.objects.get(pk=jurisdiction_id)):
        log.info("counted anew", extra={"audience": done.audience.label, "requests": done.requests, "rows": done.rows})


@app.periodic(cron="23 9 * * *")
@app.task(name="rebuild_all_counts", queueing_lock="rebuild_all_counts")
def rebuild_all_counts(timestamp: int) -> None:
    """Counts everything anew once a night, which packs the rows."""
    for place in Jurisdiction.objects.all():
        defer_counting(place.pk)


def defer_counting(jurisdiction_id: int) -> None:
    """Lets the worker count anew, unless it is about to."""
    lock = f"rebuild-counts-{jurisdiction_id}"
    with suppress(AlreadyEnqueued), atomic():
        rebuild_counts.configure(lock=lock, queueing_lock=lock).defer(jurisdiction_id=jurisdiction_id)


@app.periodic(cron="7 10 * * *")
@app.task(name="publish_sensitive", queueing_lock="publish_sensitive", lock="publish_sensitive")
def publish_sensitive(timestamp: int) -> None:
    """Publishes the quarters that have ended of the table of sensitive services: looked at once a night."""
    for place in Jurisdiction.objects.order_by("pk"):
        for done in sensitive.publish(place, at=datetime.fromtimestamp(timestamp, UTC)):
            log.info("sensitive quarter", extra={"jurisdiction": place.pk, "quarter": done.quarter.code})


@app.task(name="check_edition")
def check_edition(report_id: int) -> None:
    """Makes the quality report that somebody asked for on a page; what ends it early stands in the report."""
    report = quality.run_kept(QualityReport.objects.get(pk=report_id))
    log.info("edition checked", extra={"edition": report.edition_id, "seconds": report.seconds})


def defer_check(report: QualityReport) -> None:
    """Lets the worker make a report, once the caller's transaction is committed; one of an edition at a time."""
    check_edition.configure(lock=f"check-edition-{report.edition_id}").defer(report_id=report.pk)


@app.task(name="simulate_edition")
def simulate_edition(simulation_id: int) -> None:
    """Works out what a draft would move, for a page."""
    flow_editions.run_simulation(simulation_id)


def defer_simulation(simulation: Simulation) -> None:
    """Lets the worker work it out, once the caller's transaction is committed."""
    simulate_edition.defer(simulation_id=simulation.pk)


@app.task(name="simulate_rules")
def simulate_rules(simulation_id: int) -> None:
    """Works out what a draft of the rules would have decided otherwise, for a page."""
    flow_rules.run_simulation(simulation_id)


def defer_rule_simulation(simulation: RuleSimulation) -> None:
    """Lets the worker work it out, once the caller's transaction is committed."""
    simulate_rules.defer(simulation_id=simulation.pk)


@app.task(name="receive_file")
def receive_file(incoming_id: int) -> None:
    """Makes a draft of a file that was uploaded or fetched, and has its report made; whoever is to know is told."""
    incoming, report = receiving.receive(incoming_id)
    if report is not None:
        defer_check(report)
    if incoming.source_id is not None:
        pulling.tell(incoming, at=timezone.now())


def defer_receiving(incoming: Incoming) -> None:
    """Lets the worker read a file, once the caller's transaction is committed; one of a kind at a time."""
    lock = f"receive-{incoming.jurisdiction_id}-{incoming.kind_code}"
    receive_file.configure(lock=lock).defer(incoming_id=incoming.pk)


def defer_pulling() -> None:
    """Lets the worker look at once at what is due, unless it is about to."""
    with suppress(AlreadyEnqueued), atomic():
        app.configure_task("pull_layers", queueing_lock="pull_layers").defer(timestamp=0)


@app.periodic(cron="*/10 * * * *")
@app.task(name="pull_layers", queueing_lock="pull_layers")
def pull_layers(timestamp: int) -> None:
    """Looks whether the files that are fetched by schedule changed; what changed becomes a draft with its report."""
    for incoming in pulling.pull_due(timezone.now()):
        defer_receiving(incoming)
    receiving.forget()
