"""The ground that new areas take, laid out for look-up: pieces (degrees) and stretches of border (metre plane)."""

from pathlib import Path

from psycopg import sql

from layers.bulk import run
from layers.models import Kind


def lay(kind: Kind, seq: int) -> None:
    """Cuts the ground of the shapes that edition ``seq`` of a kind brought and stores pieces and borders.

    Shapes that have them already keep them: they depend on the shape alone.
    """
    statement = sql.SQL(Path(__file__).with_name("ground.sql").read_text(encoding="utf-8"))
    parameters = {"kind": kind.pk, "seq": seq, "srid": kind.jurisdiction.metric_srid, "width": kind.width_m}
    run(statement, parameters)
