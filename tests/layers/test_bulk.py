"""COPY by columns: blocks are made while others are sent, and what the server refuses is heard at once."""

import struct

import pytest
from django.db import connection, transaction
from psycopg.errors import CheckViolation

from layers.bulk import copy_columns

pytestmark = pytest.mark.django_db
MANY = 20_000  # rows: more blocks than wait


@pytest.fixture(autouse=True)
def _table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table bulk_numbers (n integer check (n <> 4000)) on commit drop")


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from bulk_numbers")
        return int(cursor.fetchone()[0])


def test_every_row_arrives_and_progress_is_told_of_each() -> None:
    told: list[int] = []
    copy_columns("bulk_numbers", {("n", "integer"): [5] * MANY}, told.append)
    assert (count(), sum(told)) == (MANY, MANY)


def test_what_the_server_refuses_is_raised_and_nothing_stays() -> None:
    with pytest.raises(CheckViolation, match="bulk_numbers_n_check"), transaction.atomic():
        copy_columns("bulk_numbers", {("n", "integer"): list(range(MANY))})
    assert count() == 0


def test_what_fails_while_a_block_is_made_ends_the_copy() -> None:
    with pytest.raises(struct.error), transaction.atomic():
        copy_columns("bulk_numbers", {("n", "integer"): [5] * 5000 + [1 << 40]})
    assert count() == 0
