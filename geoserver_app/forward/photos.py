"""The photos of a request that go to another agency: those that everybody may see, and as files only so many."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from geoserver_app.forward.models import Forward
from geoserver_app.forward.wire import File
from geoserver_app.intake import private_store
from geoserver_app.intake.models import Media, ServiceRequest
from geoserver_app.intake.photos import MOST_PHOTOS
from layers.errors import NotFound

# Of all together. Ours are re-encoded to 1600 pixels, some 500,000 bytes each: it is met by none but odd ones.
LARGEST_BYTES = 10_000_000
_FIELD = "media"


def photos_of(request: ServiceRequest) -> tuple[File, ...]:
    """Its released photos in the order in which they came, up to LARGEST_BYTES; the larger ones are left out.

    What nobody released goes to no other agency. They are called by their number alone: a name in the store opens.
    """
    found: list[tuple[int, bytes]] = []
    for pk, content in _contents(request):
        if sum(len(one) for _pk, one in found) + len(content) <= LARGEST_BYTES:
            found.append((pk, content))
    return tuple(File(_FIELD, f"photo-{n}.jpg", one, "image/jpeg", pk) for n, (pk, one) in enumerate(found, 1))


def released(request: ServiceRequest) -> QuerySet[Media]:
    """The photos that everybody may see, in the order in which they came."""
    photos = Media.objects.filter(request=request, is_public=True).order_by("pk")
    return photos if request.is_public else photos.none()


def lacking(forward: Forward) -> list[Media]:
    """The photos that everybody may see and that they have not; none where nobody kept which ones they have."""
    if forward.photos is None:
        return []
    return [one for one in released(forward.request) if forward.said_of(one.pk) != ""]


def _contents(request: ServiceRequest) -> Iterator[tuple[int, bytes]]:
    for pk, name in released(request).values_list("pk", "file")[:MOST_PHOTOS]:
        try:
            yield pk, private_store.content(name)
        except NotFound:
            continue  # lost from the store: the others go
