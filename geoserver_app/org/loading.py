"""Puts a city's office, departments, posts and agencies into the tables, from office.yaml and departments.yaml."""

from datetime import time
from pathlib import Path
from typing import Any

from geoserver_app.org.models import Agency, CityHall, Department, OfficeHours, Post
from geoserver_app.org.records import Counts, Faults, Record, put, read
from layers.models import Jurisdiction


def load_office(folder: Path, jurisdiction: Jurisdiction, faults: Faults) -> Counts:
    """City hall's telephone, languages, host names and weekly hours. Hours that the file has not are removed."""
    file = read(folder / "office.yaml", faults)
    counts = Counts()
    languages = file.strings("languages")
    if not languages:
        file.fault("'languages' must name at least one, the first one first: [en, es]")
    values = {
        "telephone": file.text("telephone"),
        "languages": languages or ["en"],
        "host_names": file.strings("host_names"),
    }
    hall = put(CityHall, {"jurisdiction": jurisdiction}, values, counts, file)
    wanted = _hours(file)
    file.done()
    for row in hall.hours.all():
        if wanted.get((row.weekday, row.opens)) != row.closes:
            row.delete()
            counts.retired += 1
    for (weekday, opens), closes in wanted.items():
        put(OfficeHours, {"city_hall": hall, "weekday": weekday, "opens": opens}, {"closes": closes}, counts, file)
    return counts


def _hours(file: Record) -> dict[tuple[int, time], time]:
    """(weekday, opening) -> closing, of every stretch in the file."""
    names = {day.name.lower(): int(day) for day in OfficeHours.Weekday}
    found: dict[tuple[int, time], time] = {}
    for stretch in file.records("hours", "stretch", key=""):
        opens, closes = _clock(stretch, "opens"), _clock(stretch, "closes")
        for name in stretch.strings("days"):
            if name not in names:
                stretch.fault(f"'{name}' is no weekday; there are: {', '.join(names)}")
            elif opens is not None and closes is not None:
                found[names[name], opens] = closes
        if opens is not None and closes is not None and opens >= closes:
            stretch.fault(f"it opens at {opens:%H:%M} and closes at {closes:%H:%M}; a stretch ends on the same day")
    return found


def _clock(record: Record, name: str) -> time | None:
    written = record.text(name)
    try:
        hour, _, minute = written.partition(":")
        return time(int(hour), int(minute or 0))
    except ValueError:
        record.fault(f"'{name}' is {written!r}, but must be a time in quotes: '7:00'")
        return None


def load_departments(folder: Path, jurisdiction: Jurisdiction, faults: Faults) -> dict[str, Counts]:
    """Departments with their posts, and agencies. What the file no longer has is set inactive, never deleted."""
    file = read(folder / "departments.yaml", faults)
    languages = jurisdiction.city_hall.languages
    departments, posts, agencies = Counts(), Counts(), Counts()
    kept_posts: set[int] = set()
    kept_departments: set[int] = set()
    for record in file.records("departments", "department"):
        row = put(Department, _key(record, jurisdiction), _contact(record, languages), departments, record)
        kept_departments.add(row.pk)
        for post in record.records("posts", "post"):
            key = {"department": row, "code": post.text("code")}
            values = {**names(post, languages), "email": post.text("email", ""), "active": True}
            kept_posts.add(put(Post, key, values, posts, post).pk)
    kept_agencies: set[int] = set()
    for record in file.records("agencies", "agency"):
        values = {**_contact(record, languages), "url": record.text("url", "")}
        kept_agencies.add(put(Agency, _key(record, jurisdiction), values, agencies, record).pk)
    file.done()
    _rest(Department.objects.filter(jurisdiction=jurisdiction), kept_departments, departments)
    _rest(Post.objects.filter(department__jurisdiction=jurisdiction), kept_posts, posts)
    _rest(Agency.objects.filter(jurisdiction=jurisdiction), kept_agencies, agencies)
    return {"departments": departments, "posts": posts, "agencies": agencies}


def names(record: Record, languages: list[str], name: str = "name") -> dict[str, Any]:
    """The columns ``name`` and ``names`` of a row from one entry told by language; the first language leads."""
    told = record.texts(name, languages)
    first = told.pop(languages[0], "")
    return {name: first, f"{name}s": told}


def _key(record: Record, jurisdiction: Jurisdiction) -> dict[str, Any]:
    return {"jurisdiction": jurisdiction, "code": record.text("code")}


def _contact(record: Record, languages: list[str]) -> dict[str, Any]:
    return {
        **names(record, languages),
        "telephone": record.text("telephone", ""),
        "email": record.text("email", ""),
        "active": True,
    }


def _rest(rows: Any, kept: set[int], counts: Counts) -> None:
    """Sets inactive what was active and is not kept."""
    counts.retired += rows.exclude(pk__in=kept).filter(active=True).update(active=False)
