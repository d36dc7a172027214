from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who logs in: staff of the city or of an agency. Residents need no account.

    Ours from the first migration on, so that roles and scopes can be added without replacing the table.
    """
