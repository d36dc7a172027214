"""Logs somebody of the staff in, made in the process beside the server (tests/browser/beside.py).

The form for it is tried by the stories (tests/browser/test_story.py) and by the keyboard (tests/browser/test_same.py);
whoever only wants to be logged in is spared three pages.
"""


def act(name: str, language: str) -> dict[str, str]:
    """Cookies of a session of its own, and of the language."""
    from django.conf import settings
    from django.test import Client

    from geoserver_app.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=name), backend=settings.AUTHENTICATION_BACKENDS[0])
    return {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.LANGUAGE_COOKIE_NAME: language,
    }
