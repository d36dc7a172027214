"""What can be wrong with a change to a request."""

from layers.errors import Conflict, OneMapError


class NotAllowed(OneMapError):
    """Somebody asked for a change that is not theirs to make."""

    status = 403


class WrongState(Conflict):
    """A change that does not follow from the state that the request is in now."""


class Overtaken(Conflict):
    """A change of a request that has changed since whoever asks for it read it."""

    status = 412


class Incomplete(OneMapError):
    """A change lacks something that must come with it: a resolution, a reason."""
