"""What a change makes of a request: work's part of its row, for flow to write, and the line in its history."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.models import StatusChange


@dataclass(frozen=True)
class Present:
    """The columns of a request that work answers for. Moments are aware; only flow writes them into the row."""

    state: str
    priority: str
    department_id: int | None
    post_id: int | None
    agency_id: int | None
    assignee_id: int | None
    expected_datetime: datetime | None
    resolution: str
    status_notes: str
    field_action_at: datetime | None
    closed_at: datetime | None
    told_at: datetime | None
    updated_datetime: datetime

    @classmethod
    def of(cls, request: ServiceRequest) -> Present:
        """These columns as they stand in a request that was read."""
        return cls(**{field.name: getattr(request, field.name) for field in fields(cls)})

    def columns(self) -> dict[str, object]:
        """For ``ServiceRequest.objects.filter(pk=...).update(**present.columns())``."""
        return asdict(self)

    def put_on(self, request: ServiceRequest) -> None:
        """Sets the columns on an object in memory, so that what comes after sees them; saves nothing."""
        for name, value in self.columns().items():
            setattr(request, name, value)


@dataclass(frozen=True)
class Step:
    """A change that was checked and stands in the history; the request's row is still as it was."""

    change: StatusChange
    before: Present
    present: Present

    @property
    def state_changed(self) -> bool:
        return self.before.state != self.present.state

    @property
    def handed_on(self) -> bool:
        """Whether somebody else has it now, who must be told."""
        return (self.before.department_id, self.before.post_id, self.before.agency_id) != (
            self.present.department_id,
            self.present.post_id,
            self.present.agency_id,
        )
