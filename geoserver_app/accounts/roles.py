"""What each role may do: one table. Whose requests it may do it to is the assignment's matter (see rights.py)."""

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is for the city. A person may have several, each with a scope of its own."""

    AGENT = "agent", "Call-taker"
    DISPATCHER = "dispatcher", "Dispatcher"
    LIAISON = "liaison", "Liaison of a department"
    DEPUTY = "deputy", "Sheriff's deputy"
    COUNCIL = "council", "Council aide"
    PLANNER = "planner", "Capital planner"
    GIS = "gis", "GIS analyst"
    MANAGER = "manager", "City manager"
    ADMIN = "admin", "Administrator"


class Capability(StrEnum):
    """One thing that a page or a button needs. Nothing is allowed that no capability allows."""

    SEE_REQUESTS = "see_requests"  # true places and full texts of the requests in scope
    SEE_REPORTERS = "see_reporters"  # names, telephones, e-mail addresses, and earlier requests of a caller
    TAKE_REQUESTS = "take_requests"  # write down what somebody says on the telephone or at the counter
    REVIEW = "review"  # decide what the machine could not: place, area, department
    WORK = "work"  # accept, answer, assign, report the field action, close, reopen
    HAND_ON = "hand_on"  # give a request to another department or post
    CORRECT = "correct"  # move a pin, change the service
    MERGE = "merge"  # say which reports are about one thing, and which are not
    PUBLISH = "publish"  # release a text or a photo that waits for a look
    READ_OUTBOX = "read_outbox"  # the messages that were sent, word by word
    EXPORT = "export"  # take requests away as a file
    PLAN = "plan"  # hot spots, repeat places, scores for capital planning
    MEASURE = "measure"  # performance of departments and staff
    EDIT_CATALOG = "edit_catalog"  # services, questions, answers to frequent questions
    EDIT_RULES = "edit_rules"  # who gets what
    EDIT_GEOGRAPHY = "edit_geography"  # kinds, editions, drafts of areas
    MANAGE_PEOPLE = "manage_people"  # log-ins, assignments, departments, hours


_READ = {Capability.SEE_REQUESTS}
_CALLER = _READ | {Capability.SEE_REPORTERS}
_FIELD = _READ | {Capability.WORK, Capability.HAND_ON}
_SETTINGS = {
    Capability.EDIT_CATALOG,
    Capability.EDIT_RULES,
    Capability.EDIT_GEOGRAPHY,
    Capability.MANAGE_PEOPLE,
}

CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.AGENT: frozenset(_CALLER | {Capability.TAKE_REQUESTS, Capability.CORRECT, Capability.HAND_ON}),
    Role.DISPATCHER: frozenset(
        _CALLER
        | _FIELD
        | {
            Capability.TAKE_REQUESTS,
            Capability.REVIEW,
            Capability.CORRECT,
            Capability.MERGE,
            Capability.PUBLISH,
            Capability.READ_OUTBOX,
            Capability.EXPORT,
        }
    ),
    Role.LIAISON: frozenset(
        _CALLER
        | _FIELD
        | {
            Capability.CORRECT,
            Capability.MERGE,
            Capability.PUBLISH,
            Capability.EXPORT,
            Capability.TAKE_REQUESTS,
        }
    ),
    Role.DEPUTY: frozenset(_FIELD),
    Role.COUNCIL: frozenset(_READ),
    Role.PLANNER: frozenset(_READ | {Capability.PLAN, Capability.EXPORT}),
    Role.GIS: frozenset({Capability.EDIT_GEOGRAPHY}),
    Role.MANAGER: frozenset(
        _CALLER
        | _FIELD
        | {
            Capability.REVIEW,
            Capability.MERGE,
            Capability.PUBLISH,
            Capability.READ_OUTBOX,
            Capability.EXPORT,
            Capability.PLAN,
            Capability.MEASURE,
        }
    ),
    Role.ADMIN: frozenset(_SETTINGS | _READ | {Capability.READ_OUTBOX}),
}
