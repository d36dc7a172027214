"""To whom a request can be given: desks of departments, agencies outside, colleagues of the department."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from geoserver_app.accounts.models import PostHolder, User
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.ask import Ask
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.work.colleagues import colleagues as of_department


@dataclass(frozen=True)
class Target:
    """One entry: what the form sends, and what a person reads."""

    value: str
    label: str


def desks(ask: Ask) -> list[tuple[str, list[Target]]]:
    """The desks of every department, by department; the one that has the request is left out."""
    posts = Prefetch("posts", Post.objects.filter(active=True).order_by("code"))
    rows = Department.objects.filter(jurisdiction=ask.request.jurisdiction_id, active=True).prefetch_related(posts)
    groups = [(one.name_in(ask.desk.language), _of_department(one, ask)) for one in rows]
    return sorted((group for group in groups if group[1]), key=lambda group: group[0])


def _of_department(department: Department, ask: Ask) -> list[Target]:
    language, request = ask.desk.language, ask.request
    posts = [
        Target(f"post:{post.pk}", post.name_in(language))
        for post in department.posts.all()
        if post.pk != request.post_id or request.agency_id
    ]
    if posts or department.posts.all():
        return posts
    return [Target(f"department:{department.pk}", department.name_in(language))]


def agencies(ask: Ask) -> list[Target]:
    """The agencies outside City Hall, with their telephone."""
    rows = Agency.objects.filter(jurisdiction=ask.request.jurisdiction_id, active=True)
    named = [(one.name_in(ask.desk.language), one) for one in rows]
    return [
        Target(str(one.pk), f"{name}, {one.telephone}" if one.telephone else name)
        for name, one in sorted(named, key=lambda pair: pair[0])
    ]


def colleagues(ask: Ask) -> list[Target]:
    """Who works in the department that has it: oneself first, then who sits at its desk, then the others by name."""
    request, day = ask.request, ask.desk.jurisdiction.local_date(ask.desk.at)
    people = {one.pk: one for one in of_department(request, day)}
    if ask.may(Capability.WORK):
        people[ask.desk.user.pk] = ask.desk.user
    seated = set(PostHolder.objects.filter(post=request.post_id).values_list("user", flat=True))

    def order(user: User) -> tuple[bool, bool, str]:
        return user.pk != ask.desk.user.pk, user.pk not in seated, called(user)

    return [Target(str(one.pk), called(one)) for one in sorted(people.values(), key=order)]


def called(user: User) -> str:
    return user.get_full_name() or user.username
