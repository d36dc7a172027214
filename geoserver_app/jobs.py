"""Tasks and schedules, in the database itself: a job is written by the transaction of the row that caused it."""

import logging
from datetime import UTC, datetime

from django.db.transaction import atomic
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from geoserver_app.published import basemap
from geoserver_app.published.reader import DatabaseAway
from layers.activation import refresh_all
from layers.models import Jurisdiction

log = logging.getLogger(__name__)
_AGAIN = RetryStrategy(max_attempts=5, exponential_wait=5, retry_exceptions=[DatabaseAway])


@app.task(name="render_basemap", retry=_AGAIN)
def render_basemap(jurisdiction_id: int) -> None:
    """Renders the basemap tiles whose ground changed. The activation that interrupts it has deferred the next one."""
    try:
        done = basemap.bring_up_to_date(jurisdiction_id)
    except basemap.GroundChanged:
        log.info("basemap interrupted", extra={"jurisdiction": jurisdiction_id})
    else:
        log.info("basemap rendered", extra={"jurisdiction": jurisdiction_id, "tiles": done.rendered})


def defer_basemap(jurisdiction_id: int) -> None:
    """Lets the worker render what changed, once the caller's transaction is committed; one run at a time."""
    render_basemap.configure(lock=f"basemap-{jurisdiction_id}").defer(jurisdiction_id=jurisdiction_id)


@app.periodic(cron="7 * * * *")
@app.task(name="keep_current", queueing_lock="keep_current")
def keep_current(timestamp: int) -> None:
    """Puts editions in force whose day has come. Every hour, because midnight differs between time zones."""
    for place in Jurisdiction.objects.all():
        with atomic():
            refresh_all(place, place.local_date(datetime.fromtimestamp(timestamp, UTC)))
            place.refresh_from_db()
            if not basemap.is_up_to_date(place):
                defer_basemap(place.pk)
