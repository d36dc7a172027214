"""Who gets a message, by which way, at which address, in which language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geoserver_app.accounts.models import User
from geoserver_app.intake.models import Reporter
from geoserver_app.notify.models import Message
from geoserver_app.notify.phrases import spoken
from geoserver_app.org.models import Agency, Department
from layers.asked import ask

Channel, To = Message.Channel, Message.To
# The mailboxes of desks as Post.mailbox gives them; where there is none, those who sit there.
_DESKS = """
select p.id as post, p.name, p.names, h.user_id as user,
       coalesce(nullif(p.email, ''), nullif(d.email, ''), h.email) as address
from org_post p join org_department d on d.id = p.department_id
left join lateral (
    select h.user_id, u.email from accounts_postholder h join accounts_user u on u.id = h.user_id
    where h.post_id = p.id and p.email = '' and d.email = '' and u.is_active and u.email <> '' order by h.user_id
) h on true
where p.id = any(%(posts)s::bigint[]) and p.active
"""


@dataclass(frozen=True)
class Recipient:
    """One address. ``key`` tells the recipients of one event apart; ``name`` is the desk's, for the letter."""

    to: str
    key: str
    address: str
    language: str
    name: str = ""
    channel: str = Channel.EMAIL.value
    post_id: int | None = None
    user_id: int | None = None


def of_posts(post_ids: Iterable[int], language: str) -> dict[int, list[Recipient]]:
    """By desk: its mailbox (or the department's), else those who sit there; maybe nobody. One query."""
    found: dict[int, list[Recipient]] = {}
    for row in ask(_DESKS, {"posts": sorted(set(post_ids))}):
        desk = found.setdefault(row.post, [])
        if row.address:
            key = f"post:{row.post}" + (f":user:{row.user}" if row.user else "")
            name = str(row.names.get(language) or row.name)
            desk.append(Recipient(To.POST, key, row.address, language, name, post_id=row.post, user_id=row.user))
    return found


def of_department(department: Department, language: str) -> list[Recipient]:
    """The department's own mailbox, for what has no desk in it."""
    if not department.email:
        return []
    name = department.name_in(language)
    return [Recipient(To.POST, f"department:{department.pk}", department.email, language, name)]


def of_user(user: User, language: str) -> list[Recipient]:
    """A person of staff."""
    if not user.email or not user.is_active:
        return []
    name = user.get_full_name() or user.username
    return [Recipient(To.USER, f"user:{user.pk}", user.email, language, name, user_id=user.pk)]


def of_agency(agency: Agency, language: str) -> list[Recipient]:
    """An agency outside City Hall."""
    name = agency.name_in(language)
    if not agency.email:
        return []
    return [Recipient(To.AGENCY, f"agency:{agency.pk}", agency.email, language, name)]


# What is told by each way besides e-mail. Nobody is called to hear that work has begun.
_BY_HAND = {
    Channel.PHONE: {Message.Kind.CLOSED},
    Channel.TEXT: {Message.Kind.RECEIPT, Message.Kind.CLOSED, Message.Kind.REOPENED},
    Channel.POST: {Message.Kind.CLOSED},
}


def of_reporter(reporter: Reporter | None, kind: str) -> Recipient | None:
    """How the reporter asked to be told of this; None for an anonymous one, and for what that way does not tell."""
    if reporter is None or reporter.tell_by == Reporter.TellBy.NONE:
        return None
    channel = Channel(reporter.tell_by)
    if channel != Channel.EMAIL and kind not in _BY_HAND[channel]:
        return None
    address = {Channel.EMAIL: reporter.email, Channel.POST: reporter.postal_address}.get(channel, reporter.phone)
    if not address.strip():
        return None
    language = spoken(reporter.language)
    return Recipient(To.REPORTER, "reporter", address.strip(), language, reporter.name, channel.value)
