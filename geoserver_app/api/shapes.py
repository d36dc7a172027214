"""What goes in and comes out, by name and type: the OpenAPI document is made of these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Degrees = Annotated[float, Field(description="Degrees, WGS 84 (EPSG:4326)")]
LONGEST_TEXT = 4000
Reason = Annotated[
    str, Field(min_length=1, max_length=500, description="A sentence for staff: whoever gets it reads it.")
]


class Where(Schema):
    """What every address understands."""

    jurisdiction: str = Field("", description="Code of the jurisdiction, where a server has several.")
    lang: Literal["en", "es"] = Field("en", description="The language of names.")


class Point(Where):
    long: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Option(Schema):
    key: str
    name: str


class Condition(Schema):
    """Asked only where the question ``code`` was answered with one of ``keys``."""

    code: str
    keys: list[str]


class Question(Schema):
    code: str
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool
    asks: bool = Field(description="False: a line to read, with no answer.")
    text: str
    help: str
    options: list[Option]
    condition: Condition | None


class Service(Schema):
    service_code: str
    service_name: str
    description: str
    group: str
    keywords: list[str]
    has_questions: bool


class ServiceForm(Service):
    questions: list[Question]


class Services(Schema):
    items: list[Service]


class Resolution(Schema):
    code: str
    name: str
    meaning: str


class Resolutions(Schema):
    items: list[Resolution]


class AreaName(Schema):
    kind: str
    code: str


class Listing(Where):
    """The filters of the public list and map; several values with commas or by repeating a name."""

    service_code: str = ""
    group: str = ""
    status: Literal["", "open", "closed", "recent"] = ""
    requested_from: str = Field("", description="A local day (2026-11-22), or a moment with its zone.")
    requested_to: str = Field("", description="Inclusive.")
    area: str = Field("", description="KIND:CODE, such as beat:1; of several kinds a request must lie in one each.")
    cells: str = Field("", description="What the map draws: zoom.column.row.")
    count: Literal["", "incidents", "reports"] = Field("", description="incidents (the default): one of each incident.")
    state: str = Field("", description="Of keys that read for their person alone.")
    channel: str = Field("", description="Of keys that read for their person alone.")
    department: str = Field("", description="Of keys that read for their person alone.")
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: str = Field("", description="Where the page before ended; `next` of an answer has it.")
    total: bool = Field(False, description="Whether to count them all.")


class Request(Schema):
    service_request_id: str
    service_code: str
    service_name: str
    status: Literal["open", "closed"]
    requested_datetime: Moment
    closed_datetime: Moment | None
    address: str
    long: Degrees | None
    lat: Degrees | None
    areas: list[AreaName] = Field(description="As filed: by the boundaries in force when it was requested.")


class Requests(Schema):
    items: list[Request]
    next: str | None = Field(description="The address of the next page.")
    total: int | None = Field(description="Of all pages, where it was asked for.")


class Answer(Schema):
    code: str
    question: str
    value: Any = Field(description="A text, a number, or a list of keys.")
    words: str


class Step(Schema):
    at: Moment
    kind: str
    state: str
    note: str


class WithWhom(Schema):
    """Who has it, each empty where there is none."""

    department: str = Field(description="Code of the department: GET /api/departments.")
    desk: str = Field(description="Code of the desk in it.")
    assignee: str = Field(description="Log-in name of the person.")
    agency: str = Field(description="Code of the agency outside City Hall: GET /api/agencies.")


class ForStaff(WithWhom):
    """What only keys see that read for their person."""

    channel: str
    priority: str
    resolution: str
    field_action_datetime: Moment | None
    is_public: bool
    leads: bool = Field(description="Whether it stands for its incident: work is done on it alone.")


class RequestInFull(Request):
    state: str
    status_notes: str
    description: str
    responsible: str
    updated_datetime: Moment
    expected_datetime: Moment | None
    photos: list[str]
    answers: list[Answer]
    history: list[Step]
    staff: ForStaff | None = None


class Sent(Schema):
    """A report. The place is ``long`` and ``lat``, or ``address``, or ``address_id``; a point outweighs an address."""

    model_config = ConfigDict(extra="forbid")

    service_code: str
    long: float | None = None
    lat: float | None = None
    address: str = ""
    address_id: str = ""
    description: str = Field("", max_length=LONGEST_TEXT)
    answers: dict[str, str | float | list[str]] = Field({}, description="By the code of the question.")
    media_urls: list[str] = Field([], description="Kept, never fetched.")
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


class TakenIn(Schema):
    service_request_id: str | None
    token: str | None = Field(description="Of services that give their number later: GET /open311/v2/tokens/TOKEN.json")
    notice: str


class Change(Schema):
    """A step of the work. What it needs besides, and who may take it, is as in the console."""

    model_config = ConfigDict(extra="forbid")

    to: Literal["triage", "accepted", "in_progress", "done", "closed", "cancelled"]
    note: str = Field("", max_length=LONGEST_TEXT, description="For staff.")
    status_notes: str = Field("", max_length=LONGEST_TEXT, description="For everybody.")
    resolution: str = Field("", max_length=40, description="How it ended, needed to close: GET /api/resolutions.")
    field_action_datetime: AwareDatetime | None = Field(None, description="When it was done; empty: now.")


class Handover(Schema):
    """To whom a request is handed on, and why."""

    model_config = ConfigDict(extra="forbid")

    department: str = Field(max_length=40, description="Its code: GET /api/departments.")
    desk: str = Field("", max_length=40, description="The desk's code; needed where the department has several.")
    reason: Reason


class Naming(Schema):
    """The person who does it."""

    model_config = ConfigDict(extra="forbid")

    assignee: str = Field(max_length=150, description="A log-in name, of the department that has it; empty: nobody.")
    note: str = Field("", max_length=LONGEST_TEXT, description="For staff.")


class Referral(Schema):
    """The agency outside City Hall that a request is given to, and why."""

    model_config = ConfigDict(extra="forbid")

    agency: str = Field(max_length=40, description="Its code: GET /api/agencies.")
    reason: Reason


class Standing(WithWhom):
    service_request_id: str
    state: str
    status: Literal["open", "closed"]
    resolution: str
    updated_datetime: Moment


class Desk(Schema):
    code: str
    name: str


class Department(Schema):
    code: str
    name: str
    desks: list[Desk]


class Departments(Schema):
    items: list[Department]


class Agency(Schema):
    code: str
    name: str
    telephone: str
    takes_by_open311: bool = Field(description="Whether a referral is sent to it by itself.")


class Agencies(Schema):
    items: list[Agency]


class AreaKind(Schema):
    code: str
    name: str
    areas: int
    in_force_from: str | None


class AreaKinds(Schema):
    items: list[AreaKind]


class AreaListing(Where):
    kind: str = Field(description="Code of a kind: GET /api/area-kinds.")
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    after: str = Field("", description="The code of the last area that you have.")


class Area(Schema):
    kind: str
    code: str
    name: str


class Areas(Schema):
    items: list[Area]
    next: str | None


class AreaHere(Area):
    method: Literal["covers", "bridged"] = Field(description="bridged: the point lies in a gap beside it.")


class AreasHere(Schema):
    items: list[AreaHere]


class AreaFeature(Schema):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any]
    properties: Area


class Asked(Where):
    q: str = Field(min_length=1, max_length=250, description="An address, corner, block or named place.")
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class Candidate(Schema):
    label: str
    long: Degrees
    lat: Degrees
    score: float = Field(description="The chance in percent that the place meant is at most 100 m away.")
    method: str
    precision: str
    reasons: list[str]
    accuracy_m: float
    zip_code: str


class Candidates(Schema):
    items: list[Candidate]


class Called(Schema):
    """What a point is called; distances in metres."""

    long: Degrees
    lat: Degrees
    address: str
    address_m: float | None
    parcel_number: str
    street: str
    street_m: float | None
    block: str
    corner: str
    cross_streets: list[str]
