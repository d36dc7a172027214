"""Drops and rebuilds the views of schema ``published``: a view would keep a migration from altering its columns."""

from pathlib import Path
from typing import Any

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import atomic

VIEWS = Path(__file__).with_name("views.sql")


def before_migrations(*, using: str, plan: list[Any] | None = None, **_: Any) -> None:
    """Drops the views where migrations are about to run (signal pre_migrate)."""
    if plan:
        drop_views(using)


def after_migrations(*, using: str, plan: list[Any] | None = None, **_: Any) -> None:
    """Builds the views anew (signal post_migrate), unless a part of the schema they read is still missing.

    ``flush`` sends the signal too, without a plan: it touches rows only, and the views stay.
    """
    if plan is not None and _schema_is_complete(using):
        rebuild_views(using)


def rebuild_views(using: str = "default") -> None:
    """Replaces all views of the schema in one transaction, so that readers see either the old or the new ones."""
    with atomic(using=using):
        drop_views(using)
        with connections[using].cursor() as cursor:
            cursor.execute(VIEWS.read_text(encoding="utf-8"))


def drop_views(using: str = "default") -> None:
    """Drops every view of schema published."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select format('drop view if exists published.%I cascade', viewname)"
            " from pg_views where schemaname = 'published'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def _schema_is_complete(using: str) -> bool:
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
