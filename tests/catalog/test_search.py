"""Residents' own words find the service: in both languages, without accents, misspelled, in whole sentences."""

from datetime import date
from functools import cache

import pytest

from geoserver_app.catalog.models import Service
from geoserver_app.catalog.search import find_services
from layers.models import Jurisdiction

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)

ENGLISH = [
    ("pothole", "pothole"),
    ("potole", "pothole"),
    ("big hole in the street in front of my house", "pothole"),
    ("street light out", "street_light"),
    ("streetlight", "street_light"),
    ("the lamp post is dark", "street_light"),
    ("graffitti", "graffiti"),
    ("somebody tagged my wall", "graffiti"),
    ("blocked driveway", "blocked_driveway"),
    ("car parked in front of my driveway", "blocked_driveway"),
    ("abandoned car", "abandoned_vehicle"),
    ("mattress dumped in alley", "illegal_dumping"),
    ("pick up my old couch", "bulky_pickup"),
    ("trash not picked up", "missed_trash"),
    ("shopping carts", "shopping_cart"),
    ("dead cat", "dead_animal"),
    ("tree fell", "tree"),
    ("branch hanging over sidewalk", "tree"),
    ("broken sidewalk", "sidewalk"),
    ("stop sign missing", "sign"),
    ("traffic light not working", "signal"),
    ("water leak", "water_leak"),
    ("sewage coming up", "sewer_backup"),
    ("loose dog", "loose_dog"),
    ("dog bite", "animal_bite"),
    ("loud music next door", "noise_party"),
    ("homeless tents", "encampment"),
    ("neighbor sells drugs", "drug_tip"),
    ("speed bumps", "speed_hump"),
    ("canopy in front yard", "canopy"),
    ("parking on the lawn", "lawn_parking"),
    ("building without permit", "illegal_construction"),
    ("park bathroom dirty", "park_restroom"),
    ("wire on the ground", "wires_down"),
    ("rent increase", "rent_question"),
    ("city hall hours", "city_hall_hours"),
    ("mosquitoes", "green_pool"),
    ("quinceañera", "park_reservation"),
]
SPANISH = [
    ("bache", "pothole"),
    ("vache", "pothole"),
    ("hay un hoyo grande en la calle", "pothole"),
    ("alumbrado", "street_light"),
    ("no hay luz en la calle", "street_light"),
    ("banqueta quebrada", "sidewalk"),
    ("tiradero", "illegal_dumping"),
    ("tiraron basura en el callejon", "illegal_dumping"),
    ("grafiti", "graffiti"),
    ("pintas en la barda", "graffiti"),
    ("cochera bloqueada", "blocked_driveway"),
    ("no puedo sacar mi carro", "blocked_driveway"),
    ("carro abandonado", "abandoned_vehicle"),
    ("semaforo", "signal"),
    ("no prende la luz de la calle", "street_light"),
    ("la luz de mi calle no prende", "street_light"),
    ("fuga de agua", "water_leak"),
    ("se fue la luz", "power_outage"),
    ("drenaje tapado", "sewer_backup"),
    ("perro suelto", "loose_dog"),
    ("me mordio un perro", "animal_bite"),
    ("arbol caido", "tree"),
    ("se cayo un arbol", "tree"),
    ("no paso la basura", "missed_trash"),
    ("recoger muebles viejos", "bulky_pickup"),
    ("carritos del súper", "shopping_cart"),
    ("topes", "speed_hump"),
    ("zacate alto", "weeds"),
    ("casa abandonada", "vacant_building"),
    ("musica muy fuerte", "noise_party"),
    ("casas de campaña", "encampment"),
    ("venden droga", "drug_tip"),
    ("baños del parque", "park_restroom"),
    ("aspersor roto", "park_sprinkler"),
    ("cable caido", "wires_down"),
    ("me subieron la renta", "rent_question"),
    ("a que hora abren", "city_hall_hours"),
    ("zancudos", "green_pool"),
    ("gallos", "too_many_animals"),
    ("venta de yarda", "yard_sale"),
]


def found(jurisdiction: Jurisdiction, text: str, language: str) -> list[str]:
    return [one.service.code for one in find_services(jurisdiction, text, language, on=TODAY)]


@cache
def found_in_almendra(pk: int, text: str, language: str) -> list[str]:
    """In the catalog as it was loaded, asked once for all tests that look at the same answer."""
    return found(Jurisdiction.objects.get(pk=pk), text, language)


@pytest.mark.parametrize(("text", "code"), ENGLISH)
def test_english_words_find_it_among_the_first_two(almendra: Jurisdiction, text: str, code: str) -> None:
    assert code in found_in_almendra(almendra.pk, text, "en")[:2]


@pytest.mark.parametrize(("text", "code"), SPANISH)
def test_spanish_words_find_it_among_the_first_two(almendra: Jurisdiction, text: str, code: str) -> None:
    assert code in found_in_almendra(almendra.pk, text, "es")[:2]


def test_three_words_of_four_find_it_first(almendra: Jurisdiction) -> None:
    first = [found_in_almendra(almendra.pk, text, "en")[:1] == [code] for text, code in ENGLISH]
    first += [found_in_almendra(almendra.pk, text, "es")[:1] == [code] for text, code in SPANISH]
    assert sum(first) / len(first) > 0.85


def test_spanish_words_are_found_on_an_english_page(almendra: Jurisdiction) -> None:
    assert found(almendra, "bache", "en")[:1] == ["pothole"]


def test_words_half_typed_find_it(almendra: Jurisdiction) -> None:
    assert "street_light" in found(almendra, "street li", "en")[:2]
    assert "graffiti" in found(almendra, "graf", "en")[:2]


def test_the_code_that_staff_know_finds_it(almendra: Jurisdiction) -> None:
    assert found(almendra, "missed trash", "en")[:1] == ["missed_trash"]


@pytest.mark.parametrize("text", ["", " ", "x", "zzzzqqqq", "%", "'; --", "\0\0", "ñ" * 500], ids=range(8))
def test_nonsense_finds_nothing_and_breaks_nothing(almendra: Jurisdiction, text: str) -> None:
    assert found(almendra, text, "en") == []


def test_a_retired_service_is_not_found(almendra: Jurisdiction) -> None:
    Service.objects.filter(jurisdiction=almendra, code="pothole").update(retired_on=TODAY)
    assert "pothole" not in found(almendra, "pothole", "en")


def test_another_jurisdictions_services_are_not_found(almendra: Jurisdiction) -> None:
    from tests.city import bare_jurisdiction

    assert found(bare_jurisdiction("elsewhere"), "pothole", "en") == []
