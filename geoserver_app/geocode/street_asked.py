"""A street's name as somebody wrote it: every folding it may be known by, its type and direction where given."""

from functools import lru_cache

from geoserver_app.geocode.asked import AskedStreet, Key
from geoserver_app.geocode.plain import key_of, letters_of, ordinals_beginning
from geoserver_app.geocode.words import ARTICLES, SPANISH_TYPES
from layers.addresses import StreetName, direction_word, directional_of, split_street

LONGEST_NAME = 60
_SPANISH_WAYS = {"NORTE": "N", "SUR": "S", "ESTE": "E", "OESTE": "W"}
# A short word that ends a name may be a type that nobody knows ("HOLLY PARK CR").
_LONGEST_UNKNOWN_TYPE = 4


@lru_cache(maxsize=50_000)
def street_of(text: str) -> AskedStreet | None:
    """A street out of plain text; None where no letter or digit of a name is left."""
    words = text[: 2 * LONGEST_NAME].replace(",", " ").replace(".", " ").split()
    while len(words) > 1 and words[0] == "THE":
        words.pop(0)
    whole = split_street(" ".join(words).strip(" -'#"))
    keys = list(keys_of(whole))
    spanish = _spanish(words)
    if spanish is not None:
        keys[:0] = keys_of(spanish)
        whole = spanish
    keys += _loose_keys(whole)
    seen: dict[str, Key] = {}
    for key in keys:
        if key.text:
            seen.setdefault(key.text, key)
    if not seen:
        return None
    found = tuple(seen.values())
    return AskedStreet(found[0].text, found, whole.post_type, whole.pre_directional, whole.post_directional, str(whole))


@lru_cache(maxsize=50_000)
def keys_of(name: StreetName) -> tuple[Key, ...]:
    """Foldings under which a street is found: its name alone first, then with its type, its directions, both."""
    pre, own, kind, post = name.pre_directional, name.street_name, name.post_type, name.post_directional
    spelled = f"{direction_word(pre)}{letters_of(own)}{direction_word(post)}"
    keys = [
        Key(key_of(own)),
        Key(key_of(f"{own} {kind}"), has_type=True) if kind else None,
        Key(key_of(f"{pre} {own}"), has_way=True) if pre else None,
        Key(key_of(f"{pre} {own} {kind}"), has_type=True, has_way=True) if pre and kind else None,
        Key(key_of(f"{own} {kind} {post}"), has_type=True, has_way=True) if post and kind else None,
        Key(key_of(f"{own} {post}"), has_way=True) if post else None,
        Key(spelled, has_way=bool(pre or post)),
    ]
    seen: dict[str, Key] = {}
    for key in keys:
        if key is not None and key.text:
            seen.setdefault(key.text[:LONGEST_NAME], key)
    return tuple(seen.values())


def _loose_keys(name: StreetName) -> list[Key]:
    """The name without the articles before it, or without a last short word that may be an unknown type."""
    words = name.street_name.split()
    bare = list(words)
    while len(bare) > 1 and bare[0] in ARTICLES:
        bare.pop(0)
    loose = [Key(key_of(" ".join(bare)), worth=0.99)] if len(bare) < len(words) else []
    if len(words) == 1:
        loose += [Key(number, worth=0.85) for number in ordinals_beginning(words[0])]
    if len(words) > 1 and not name.post_type and len(words[-1]) <= _LONGEST_UNKNOWN_TYPE and words[-1].isalpha():
        loose.append(Key(key_of(" ".join(words[:-1])), has_type=True, worth=0.82))
    return loose


def _spanish(words: list[str]) -> StreetName | None:
    """ "AVENIDA DEL OLIVO SUR": the type stands first. None where no Spanish type does, or nothing follows it."""
    if len(words) < 2 or words[0] not in SPANISH_TYPES or SPANISH_TYPES[words[0]] == "HWY":
        return None  # "CARRETERA 99" is known by its number, like any highway
    rest = words[1:]
    while len(rest) > 1 and rest[0] in ARTICLES:
        rest.pop(0)
    inner = split_street(" ".join(rest))
    way = _SPANISH_WAYS.get(rest[-1], "") if len(rest) > 1 else ""
    name = " ".join(rest[:-1]) if way else inner.street_name
    return StreetName(
        inner.pre_directional, name, inner.post_type or SPANISH_TYPES[words[0]], way or inner.post_directional
    )


def is_direction(word: str) -> bool:
    """Whether a word is a direction ("N", "NORTHWEST")."""
    return bool(directional_of(word))
