"""The city next door on a server and a database of its own. ``python -m tests.open311.second_town`` prints its key."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")


def main() -> str:
    """Fills the database that the second server reads; the text of a key to it."""
    django.setup()
    from django.utils import timezone

    from geoserver_app.accounts import keys
    from tests import life
    from tests.link import squared

    town = life.town()
    squared.town(place=town.jurisdiction)
    return keys.make(town.jurisdiction, "The city next door", scopes=["report"], at=timezone.now())[1]


if __name__ == "__main__":
    print(main())  # noqa: T201 - what this process is for
