"""The sentences of findings about rules, in the languages of the staff pages."""

from __future__ import annotations

from geoserver_app.route.words import TEXTS as WORDS
from geoserver_app.route.words import Words

# English, Spanish; {} are the finding's values in order.
TEXTS: dict[str, tuple[str, str]] = {
    "fault": ("{}.", "{}."),
    "never": (
        "No request can ever match: “{}” and “{}” exclude each other.",
        "Ninguna solicitud puede coincidir: «{}» y «{}» se excluyen.",
    ),
    "unreachable": (
        "It never gets a turn: rule {} before it takes all its requests. Move it up, or narrow that one.",
        "Nunca le llega el turno: la regla {} anterior se lleva todas sus solicitudes. Súbala o limite la otra.",
    ),
    "contradicts": (
        "It says otherwise than rule {} about the same requests, and never gets a turn. Keep one of them.",
        "Dice otra cosa que la regla {} sobre las mismas solicitudes, y nunca le llega el turno. Deje una sola.",
    ),
    "only_retired": (
        "All its services are retired: {}. Nothing new can match.",
        "Todos sus servicios están retirados: {}. Nada nuevo puede coincidir.",
    ),
    "retired": ("It names a retired service: {}.", "Nombra un servicio retirado: {}."),
    "retired_row": (
        "The table has a row for a retired service: {}.",
        "La tabla tiene una fila de un servicio retirado: {}.",
    ),
    "no_shape": (
        "None of its areas has a shape today: {}. Nothing reported today can match.",
        "Ninguna de sus zonas tiene forma hoy: {}. Nada que se reporte hoy puede coincidir.",
    ),
    "some_no_shape": (
        "It names areas that have no shape today: {}. That is in order for what was reported while they had one.",
        "Nombra zonas que hoy no tienen forma: {}. Está bien para lo que se reportó cuando la tenían.",
    ),
    "row_no_shape": (
        "{}: the table names areas that have no shape today: {}.",
        "{}: la tabla nombra zonas que hoy no tienen forma: {}.",
    ),
    "closed_desk": ("The desk “{}” is closed.", "El puesto «{}» está cerrado."),
    "closed_agency": ("The agency “{}” is not in use any more.", "La agencia «{}» ya no se usa."),
    "person_left": (
        "Everybody who sat at the desk “{}” has left. Name somebody, or choose another desk.",
        "Quienes atendían el puesto «{}» ya no están. Nombre a alguien o elija otro puesto.",
    ),
    "nobody": (
        "Nobody sits at the desk “{}”, and it has no mailbox: nobody would be told.",
        "Nadie atiende el puesto «{}» y no tiene buzón: no se avisaría a nadie.",
    ),
}


def sentence(code: str, language: str, *values: object) -> str:
    """A finding in words; names of conditions among the values are said as staff read them."""
    said = [Words(language).say(str(value)) if value in WORDS else str(value) for value in values]
    return TEXTS[code][language == "es"].format(*said)
