"""Plans of statements in tests, where the planner must not choose by what earlier tests left in its statistics."""

from django.apps import apps
from django.db import connection


def as_new(*labels: str) -> None:
    """Empties the tables of some apps, so that the planner takes them for new ones, of ten pages each.

    A table that autovacuum found empty costs nothing to read by any index, and the choice between them means nothing.
    """
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"truncate {names} cascade")
