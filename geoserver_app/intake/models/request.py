from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Q

from geoserver_app.intake.queries import ServiceRequestQuerySet
from layers.srid import STORAGE_SRID


class ServiceRequest(models.Model):
    """Something somebody asked the city to do, and where it stands now.

    What was reported (service, place, words, channel) is written once by intake. What it is now (state, department,
    due, areas, public row) is written only by flow, from what the stages return; how it came to be is in each stage's
    own trace table. Who reported it is in Reporter, apart. Not a work order and not the pothole: that is the Incident.
    What changes of it is noted for the map's counts by triggers, whoever changes it (density/migrations/0002_queue.py).
    """

    class Channel(models.TextChoices):
        WEB = "web", "Citizen Online"
        PHONE = "phone", "Telephone"
        WALK_IN = "walk_in", "In-Person"
        CONVERSATION = "conversation", "Conversation"
        EMAIL = "email", "Email"
        FAX = "fax", "Fax"
        MAIL = "mail", "US Mail"
        VOICEMAIL = "voicemail", "VoiceMail Message"
        TOUCH_TONE = "touch_tone", "Touch tone"
        SOCIAL_MEDIA = "social_media", "Social media"
        MEETING = "meeting", "Meeting"
        OPEN311 = "open311", "Open311"
        FIELD_STAFF = "field_staff", "Field staff"

    class PlaceMethod(models.TextChoices):
        PIN = "pin", "Pin on the map"
        DEVICE = "device", "Position of the device"
        ADDRESS = "address", "Address or corner"
        ASSET = "asset", "Asset on the map"
        PHOTO = "photo", "Position in the photo"
        NONE = "none", "No place given"

    class Priority(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"
        URGENT = "urgent", "Urgent"

    class State(models.TextChoices):
        """Every state there is; which may follow which is work's table (work/states.py)."""

        RECEIVED = "received", "Received"
        TRIAGE = "triage", "In triage"
        ASSIGNED = "assigned", "Assigned"
        ACCEPTED = "accepted", "Accepted"
        IN_PROGRESS = "in_progress", "In progress"
        REFERRED = "referred", "Referred to an agency"
        DONE = "done", "Field action taken"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Cancelled"

    CLOSED_STATES = (State.CLOSED, State.CANCELLED)

    # What was reported: intake writes it once. A key has no index of its own (db_index=False) where one below begins
    # with it, or where nearly all rows have none: each would be one more entry to write for every request.
    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+", db_index=False)
    service_request_id = models.CharField(max_length=24)
    access_code = models.CharField(max_length=6)  # with the number it opens one's own request
    idempotency_key = models.CharField(max_length=64, null=True, blank=True)
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey("intake.Incident", on_delete=models.PROTECT, related_name="requests", db_index=False)
    # Whether it stands for its incident, so that work is done on it alone; the other reports follow its state.
    leads = models.BooleanField(default=True, db_default=True)
    channel = models.CharField(max_length=16, choices=Channel)
    source = models.CharField(max_length=60, blank=True)  # provenance of an import ("notes-2007"); empty for our own
    external_id = models.CharField(max_length=60, blank=True)  # the number the old system gave it
    language = models.CharField(max_length=10, default="en")
    requested_datetime = models.DateTimeField()
    received_at = models.DateTimeField()  # when we took it in; differs for what was filed elsewhere or imported
    description = models.TextField(blank=True)
    place_method = models.CharField(max_length=10, choices=PlaceMethod)
    geom = models.PointField(srid=STORAGE_SRID, null=True, spatial_index=False)
    accuracy_m = models.FloatField(null=True)
    address_text = models.CharField(max_length=250, blank=True)
    asset = models.ForeignKey("layers.Asset", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    extent = models.GeometryField(srid=STORAGE_SRID, null=True, spatial_index=False)

    # What it is now: only flow writes it.
    updated_datetime = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.NORMAL)
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey("org.Agency", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    expected_datetime = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=40, blank=True)
    status_notes = models.TextField(blank=True)  # shown to everybody
    field_action_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    in_review = models.BooleanField(default=False)
    # Links as filed; areas_today only where it differs.
    area_ids = ArrayField(models.BigIntegerField(), default=list)
    areas_today = ArrayField(models.BigIntegerField(), null=True)
    areas_epoch = models.BigIntegerField(default=0)
    parcel = models.ForeignKey("layers.Parcel", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    centerline = models.ForeignKey("layers.Centerline", on_delete=models.PROTECT, null=True, related_name="+")
    near_border = models.BooleanField(default=False)
    # Web Mercator position in whole metres*2^k steps of the zoom-30 grid, and both interleaved.
    tile_x = models.IntegerField(null=True)
    tile_y = models.IntegerField(null=True)
    morton = models.BigIntegerField(null=True)
    # The public row, by the service's policy; never finer than it.
    is_public = models.BooleanField(default=False)
    public_geom = models.PointField(srid=STORAGE_SRID, null=True, spatial_index=False)
    # As morton, of the public place; the database keeps it in step.
    public_morton = models.GeneratedField(
        expression=models.Func(models.F("public_geom"), function="intake_grid_code"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    public_address = models.CharField(max_length=200, blank=True)
    public_area_ids = ArrayField(models.BigIntegerField(), default=list)
    public_description = models.TextField(blank=True)

    objects = ServiceRequestQuerySet.as_manager()

    # Whether other reports follow it; known of a request that was read under lock (handling_request.py).
    has_followers = False
    # The line of the history that a step has just written (handling_step.py).
    newest_line = 0

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "service_request_id"], name="request_number_once"),
            models.UniqueConstraint(
                fields=["jurisdiction", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="request_idempotency_key_once",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "source", "external_id"],
                condition=~Q(external_id=""),
                name="request_external_id_once_per_source",
            ),
            models.UniqueConstraint(fields=["incident"], condition=Q(leads=True), name="request_leads_once"),
            models.CheckConstraint(
                condition=Q(geom__isnull=True) | Q(tile_x__isnull=False, morton__isnull=False),
                name="request_place_has_its_cell",
            ),
            models.CheckConstraint(
                condition=Q(is_public=True) | Q(public_geom__isnull=True, public_address=""),
                name="request_hidden_means_hidden",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="request_closed_has_its_moment"
            ),
        ]
        indexes = [
            GistIndex("geom", name="request_geom"),
            GinIndex(fields=["area_ids"], name="request_areas"),
            GinIndex("areas_today", name="request_areas_today", condition=Q(areas_today__isnull=False)),
            # What is counted by time for the management stands in the index: it reads no row of the table.
            models.Index(
                fields=["jurisdiction", "requested_datetime"],
                include=["service", "channel", "department"],
                name="request_by_time",
            ),
            models.Index(
                fields=["department", "-requested_datetime"],
                name="request_queue",
                condition=~Q(state__in=["closed", "cancelled"]),
            ),
            # The numbers on the tabs of the console, and what is late, out of the index alone.
            models.Index(
                fields=["jurisdiction", "expected_datetime", "id"],
                include=["department", "state", "field_action_at", "assignee", "service"],
                name="request_open",
                condition=~Q(state__in=["closed", "cancelled"]),
            ),
            models.Index(
                fields=["jurisdiction", "-closed_at"], name="request_by_closing", condition=Q(closed_at__isnull=False)
            ),
            models.Index(fields=["jurisdiction", "received_at"], name="request_in_review", condition=Q(in_review=True)),
            # What changed since somebody's copy was made, of the public set.
            models.Index(
                fields=["jurisdiction", "updated_datetime"], name="request_by_update", condition=Q(is_public=True)
            ),
            models.Index(fields=["incident"], name="request_incident"),
            # Those that a new report may be about the same thing as; public_geom for what residents are offered.
            GistIndex("geom", name="request_open_geom", condition=~Q(state__in=["closed", "cancelled"])),
            GistIndex(
                "public_geom",
                name="request_open_public",
                condition=Q(is_public=True) & ~Q(state__in=["closed", "cancelled"]),
            ),
            # What is open in an area, as everybody sees it: for the pages of neighborhoods and block-watch groups.
            GinIndex(
                fields=["public_area_ids"],
                name="request_open_public_areas",
                condition=Q(is_public=True) & ~Q(state__in=["closed", "cancelled"]),
            ),
            models.Index(fields=["parcel"], name="request_parcel", condition=Q(parcel__isnull=False)),
            models.Index(fields=["asset"], name="request_asset", condition=Q(asset__isnull=False)),
            models.Index(fields=["agency"], name="request_agency", condition=Q(agency__isnull=False)),
            models.Index(fields=["assignee"], name="request_assignee", condition=Q(assignee__isnull=False)),
            # From a cell of the map to what lies in it, as everybody sees it and as staff do.
            models.Index(
                fields=["jurisdiction", "public_morton"],
                name="request_public_cell",
                condition=Q(public_morton__isnull=False),
            ),
            models.Index(fields=["jurisdiction", "morton"], name="request_cell", condition=Q(morton__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.service_request_id

    @property
    def status(self) -> str:
        """Open311's status: "open" or "closed"."""
        return "closed" if self.state in self.CLOSED_STATES else "open"
