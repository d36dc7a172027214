"""The words in which a decision is explained, in the languages of the staff pages."""

from __future__ import annotations

from collections.abc import Iterable

from geoserver_app.link.ground import Lies, codes

LANGUAGES = ("en", "es")

# Every text twice: English, Spanish.
TEXTS: dict[str, tuple[str, str]] = {
    "areas": ("area", "zona"),
    "services": ("service", "servicio"),
    "lies_on": ("lies on", "está sobre"),
    "not_on": ("does not lie on", "no está sobre"),
    "asset_kinds": ("kind of asset", "tipo de equipo"),
    "asset_owners": ("owner of the asset", "dueño del equipo"),
    "parcel_owner_classes": ("owner of the parcel", "dueño de la parcela"),
    "land_uses": ("land use", "uso del suelo"),
    "answers": ("answer", "respuesta"),
    "evidence": ("evidence", "indicio"),
    "channels": ("channel", "medio"),
    "weekdays": ("weekday", "día"),
    "time": ("time", "hora"),
    "office": ("City Hall", "Ayuntamiento"),
    "languages": ("language", "idioma"),
    "priority": ("priority", "prioridad"),
    "right_of_way": ("right-of-way", "vía pública"),
    "private_parcel": ("private parcel", "parcela privada"),
    "public_parcel": ("public parcel", "parcela pública"),
    "park": ("park", "parque"),
    "easement": ("utility easement", "servidumbre"),
    "water": ("water", "agua"),
    "building": ("building", "edificio"),
    "rail": ("railroad", "ferrocarril"),
    "state_highway": ("state highway", "carretera estatal"),
    "outside": ("ground outside the city", "terreno fuera de la ciudad"),
    "row": ("between sidewalk and street", "entre la banqueta y la calle"),
    "private": ("on private ground", "en terreno privado"),
    "wires": ("touching wires", "tocando cables"),
    "fallen": ("fallen on the street", "caído en la calle"),
    "nothing": ("none", "ninguno"),
    "or": ("or", "o"),
    "and": ("and", "y"),
    "here": ("here: {}", "aquí: {}"),
    "open": ("open", "abierto"),
    "closed": ("closed", "cerrado"),
    "matched": ("matches", "coincide"),
    "not_matched": ("does not match", "no coincide"),
    "perhaps": ("may match: the ground is in doubt", "podría coincidir: el terreno está en duda"),
    "only_inside": ("is for places in the city", "es para lugares dentro de la ciudad"),
    "ground": ("The place lies on: {}.", "El lugar está sobre: {}."),
    "in_doubt": ("In doubt, because a line is within {} m: {}.", "En duda, porque hay una línea a menos de {} m: {}."),
    "decided_asset": (
        "The asset that was tapped says whose ground it is.",
        "El equipo señalado dice de quién es el terreno.",
    ),
    "decided_answer": (
        "The resident's answer says whose ground it is.",
        "La respuesta del residente dice de quién es el terreno.",
    ),
    "decided_ground": ("The map says whose ground it is.", "El mapa dice de quién es el terreno."),
    "edge": ("{}: the border goes through the place; might be {}.", "{}: el límite pasa por el lugar; podría ser {}."),
    "near_border": ("{}: {} m from the border; might be {}.", "{}: a {} m del límite; podría ser {}."),
    "bridged": ("{}: {} m away, across a gap; might be {}.", "{}: a {} m, cruzando un hueco; podría ser {}."),
    "ambiguous": (
        "{}: chosen among several that cover the place; might be {}.",
        "{}: elegida entre varias que cubren el lugar; podría ser {}.",
    ),
    "manual": ("{}: chosen by staff.", "{}: elegida por el personal."),
    "gap": ("{}: no area here.", "{}: aquí no hay zona."),
    "no_decision": ("Nobody has decided yet who gets it.", "Todavía no se ha decidido a quién le toca."),
    "by_version": ("Decided by version {} of the rules on {}.", "Decidido por la versión {} de las reglas el {}."),
    "rule": ("Rule {} decides: {}", "Decide la regla {}: {}"),
    "default": (
        "No exception matches; the table of defaults decides.",
        "No coincide ninguna excepción; decide la tabla general.",
    ),
    "safe": (
        "The place is too near to a line to be decided by the map: {}. The safe desk has it; somebody must ask.",
        "El lugar está demasiado cerca de una línea para que decida el mapa: {}. Lo tiene la mesa segura; "
        "alguien debe preguntar.",
    ),
    "outside_city": (
        "It lies outside the city; triage decides.",
        "Está fuera de la ciudad; decide la mesa de asignación.",
    ),
    "none": (
        "No rule and no default knows this service; triage decides.",
        "Ninguna regla ni la tabla general conoce este servicio; decide la mesa de asignación.",
    ),
    "candidates": ("rules {}", "reglas {}"),
    "table": ("the table of defaults", "la tabla general"),
    "goes_to": ("It goes to {}, priority {}.", "Le toca a {}, prioridad {}."),
    "referred": ("It is referred to {}.", "Se remite a {}."),
    "told": ("Told at the same time: {}.", "Se avisa al mismo tiempo a: {}."),
    "low": ("low", "baja"),
    "normal": ("normal", "normal"),
    "high": ("high", "alta"),
    "urgent": ("urgent", "urgente"),
}
WEEKDAYS = (
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
)


class Words:
    """Texts in one language; English where a language has none here."""

    def __init__(self, language: str) -> None:
        self._at = LANGUAGES.index(language) if language in LANGUAGES else 0

    def say(self, key: str, *values: object) -> str:
        """A text with its blanks filled; a key that has no text stands for itself (an owner class)."""
        texts = TEXTS.get(key)
        return texts[self._at].format(*values) if texts else key

    def any_of(self, texts: Iterable[str]) -> str:
        """ "Tree problem, Stump or Median"; "none" where there is nothing to list."""
        return self._listed(list(texts), "or")

    def all_of(self, texts: Iterable[str]) -> str:
        """ "right-of-way and utility easement"; "none" where there is nothing to list."""
        return self._listed(list(texts), "and")

    def ground(self, lies: Lies) -> list[str]:
        """The names of kinds of ground."""
        return [self.say(code) for code in codes(lies & ~Lies.PARCEL)]

    def weekday(self, number: int) -> str:
        return WEEKDAYS[self._at][number]

    def _listed(self, texts: list[str], glue: str) -> str:
        if len(texts) < 2:
            return texts[0] if texts else self.say("nothing")
        return f"{', '.join(texts[:-1])} {self.say(glue)} {texts[-1]}"
