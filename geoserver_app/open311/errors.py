"""What is wrong with a call, as Open311 lists it: one or several faults, each with a code and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from layers.errors import OneMapError

GENERAL, FORBIDDEN, MISSING, NO_METHOD, TOO_MANY, BROKEN, AWAY = 400, 403, 404, 405, 429, 500, 503
# Finer than the status, as the specification allows: a place that is somebody else's.
OUT_OF_AREA = 4001


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. ``code`` is the HTTP status, or finer."""

    code: int
    description: str


class Open311Error(OneMapError):
    """A call that is refused. ``status`` is 404 for what does not exist, 403 for keys, 400 for everything else."""

    def __init__(self, *faults: Fault, status: int = GENERAL, headers: dict[str, str] | None = None) -> None:
        self.faults = faults
        self.status = status
        self.headers = headers or {}
        super().__init__("; ".join(fault.description for fault in faults))


def bad(description: str) -> Open311Error:
    """A call that cannot be understood or followed."""
    return Open311Error(Fault(GENERAL, description))


def unknown(description: str) -> Open311Error:
    """A call that names something that does not exist."""
    return Open311Error(Fault(MISSING, description), status=MISSING)


def forbidden(description: str) -> Open311Error:
    """A call whose key is missing, wrong, or not for this."""
    return Open311Error(Fault(FORBIDDEN, description), status=FORBIDDEN)


def too_many(description: str, retry_after_s: int) -> Open311Error:
    """A call that comes too soon after too many others."""
    return Open311Error(Fault(TOO_MANY, description), status=TOO_MANY, headers={"Retry-After": str(retry_after_s)})
