"""The errors of this product: small classes with an HTTP status, raised near the cause, caught in one place."""


class OneMapError(Exception):
    """Base of every error that is meant to be read by a person.

    The message says what is wrong, the value, and what to do. ``status`` is the HTTP status a door answers with.
    """

    status = 400


class NotFound(OneMapError):
    """Something that was named does not exist."""

    status = 404


class BadFile(OneMapError):
    """A file from outside cannot be read, or what stands in it cannot be accepted; nothing was written."""

    status = 422


class Conflict(OneMapError):
    """What was asked contradicts what is in the database."""

    status = 409
