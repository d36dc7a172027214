"""For the machines that watch us: is the process alive, and is everything there that an answer needs."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where database, extension and migrations are there, else 503 with what is missing."""
    problems = database_problems()
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def database_problems() -> list[str]:
    """What keeps the database from serving, in short words; empty when nothing does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_extension where extname = 'postgis'")
            row = cursor.fetchone()
        if not row or not row[0]:
            return ["postgis extension missing"]
        return ["migrations pending"] if migrations_pending() else []
    except DatabaseError:
        return ["database unreachable"]


def migrations_pending() -> bool:
    """True where the code knows migrations that the database has not seen."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
