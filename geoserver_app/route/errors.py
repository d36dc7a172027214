"""Errors of routing."""

from layers.errors import BadFile, Conflict


class BadRules(BadFile):
    """Rules that cannot be used as they stand; the message lists every fault."""


class NotADraft(Conflict):
    """A version that is active or was: it never changes. Copy it into a draft."""
