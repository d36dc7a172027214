"""Who gets a message, by which way, at which address, in which language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geoserver_app.accounts.models import PostHolder, User
from geoserver_app.intake.models import Reporter
from geoserver_app.notify.models import Message
from geoserver_app.notify.phrases import spoken
from geoserver_app.org.models import Agency, Department, Post

Channel = Message.Channel


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
    """By desk: its mailbox (or the department's), else those who sit there; maybe nobody. Two queries."""
    posts = list(Post.objects.filter(pk__in=set(post_ids), active=True).select_related("department"))
    without = [post.pk for post in posts if not post.mailbox]
    holders = (
        PostHolder.objects.filter(post__in=without, user__is_active=True).select_related("user") if without else []
    )
    found = {post.pk: _mailbox(post, language) for post in posts}
    names = {post.pk: post.name_in(language) for post in posts}
    for holder in holders:
        if holder.user.email:
            found[holder.post_id].append(_holder(holder, names[holder.post_id], language))
    return found


def _mailbox(post: Post, language: str) -> list[Recipient]:
    if not post.mailbox:
        return []
    name = post.name_in(language)
    return [Recipient(Message.To.POST, f"post:{post.pk}", post.mailbox, language, name, post_id=post.pk)]


def _holder(holder: PostHolder, name: str, language: str) -> Recipient:
    key = f"post:{holder.post_id}:user:{holder.user_id}"
    return Recipient(
        Message.To.POST, key, holder.user.email, language, name, post_id=holder.post_id, user_id=holder.user_id
    )


def of_department(department: Department, language: str) -> list[Recipient]:
    """The department's own mailbox, for what has no desk in it."""
    if not department.email:
        return []
    name = department.name_in(language)
    return [Recipient(Message.To.POST, f"department:{department.pk}", department.email, language, name)]


def of_user(user: User, language: str) -> list[Recipient]:
    """A person of staff."""
    if not user.email or not user.is_active:
        return []
    name = user.get_full_name() or user.username
    return [Recipient(Message.To.USER, f"user:{user.pk}", user.email, language, name, user_id=user.pk)]


def of_agency(agency: Agency, language: str) -> list[Recipient]:
    """An agency outside City Hall."""
    name = agency.name_in(language)
    if not agency.email:
        return []
    return [Recipient(Message.To.AGENCY, f"agency:{agency.pk}", agency.email, language, name)]


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
    return Recipient(Message.To.REPORTER, "reporter", address.strip(), language, reporter.name, channel.value)
