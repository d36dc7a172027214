"""Column types that Django does not have."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class Int4MultiRangeField(_Field):
    """PostgreSQL's ``int4multirange``: psycopg's ``Multirange`` of ``Range``, discrete, half-open.

    Used for "in which editions of its kind does this shape stand", by edition number.
    """

    description = "Several ranges of integers"

    def db_type(self, connection: Any) -> str:
        return "int4multirange"
