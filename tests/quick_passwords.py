"""A hash of passwords that is made at once and that every process of the product can read.

What is tested is who gets in, not how long guessing takes: the product's own hash costs a third of a second a person.
"""

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hashers


def instead_of_slow_ones() -> None:
    """From now on passwords are hashed like this; hashes of other processes are read all the same."""
    settings.PASSWORD_HASHERS = [f"{__name__}.OneRound"]
    get_hashers.cache_clear()


class OneRound(PBKDF2PasswordHasher):
    """The same but for the number of rounds, which stands in every hash."""

    iterations = 1
