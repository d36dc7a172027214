"""What can be wrong with a message."""

from layers.errors import Conflict, NotFound, OneMapError


class BadLink(NotFound):
    """A link out of a mail that was changed, cut off, or is too old."""


class NotByHand(Conflict):
    """A message that is delivered by the machine was to be ticked off by hand, or the other way around."""


class ServerDown(OneMapError):
    """The mail server cannot be reached: nothing was tried."""

    status = 503
