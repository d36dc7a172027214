"""Plans of statements that do not hang on when autovacuum happens to come by."""

from django.db import connection


def without_autovacuum() -> None:
    """From now on no table of the test database is vacuumed or analyzed but by those who ask for it.

    What a test rolls back stays behind as dead rows. Vacuumed while the next test loads a city into the same table,
    which is not committed and not counted, the table would be taken for one without rows, whatever its size: a
    statement over houses was planned so, and took half a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """do $$ declare name regclass; begin
                 for name in select oid from pg_class
                              where relkind = 'r' and relnamespace = 'public'::regnamespace loop
                   execute format('alter table %s set (autovacuum_enabled = off)', name);
                 end loop;
               end $$"""
        )
