"""Words that say what a part of an address is, in English and Spanish, all in plain text."""

import re

STATES = {
    "ALABAMA": "AL", "ALASKA": "AK", "ARIZONA": "AZ", "ARKANSAS": "AR", "CALIFORNIA": "CA", "COLORADO": "CO",
    "CONNECTICUT": "CT", "DELAWARE": "DE", "DISTRICT OF COLUMBIA": "DC", "FLORIDA": "FL", "GEORGIA": "GA",
    "HAWAII": "HI", "IDAHO": "ID", "ILLINOIS": "IL", "INDIANA": "IN", "IOWA": "IA", "KANSAS": "KS", "KENTUCKY": "KY",
    "LOUISIANA": "LA", "MAINE": "ME", "MARYLAND": "MD", "MASSACHUSETTS": "MA", "MICHIGAN": "MI", "MINNESOTA": "MN",
    "MISSISSIPPI": "MS", "MISSOURI": "MO", "MONTANA": "MT", "NEBRASKA": "NE", "NEVADA": "NV", "NEW HAMPSHIRE": "NH",
    "NEW JERSEY": "NJ", "NEW MEXICO": "NM", "NEW YORK": "NY", "NORTH CAROLINA": "NC", "NORTH DAKOTA": "ND",
    "OHIO": "OH", "OKLAHOMA": "OK", "OREGON": "OR", "PENNSYLVANIA": "PA", "PUERTO RICO": "PR", "RHODE ISLAND": "RI",
    "SOUTH CAROLINA": "SC", "SOUTH DAKOTA": "SD", "TENNESSEE": "TN", "TEXAS": "TX", "UTAH": "UT", "VERMONT": "VT",
    "VIRGINIA": "VA", "WASHINGTON": "WA", "WEST VIRGINIA": "WV", "WISCONSIN": "WI", "WYOMING": "WY",
}  # fmt: skip
STATE_CODES = set(STATES.values())
# Codes that are also the abbreviation of a street's type, a direction or a Spanish word: states only beside a ZIP code
# or in a part of their own.
UNSURE_STATES = {"AL", "CO", "CT", "DE", "FL", "IN", "LA", "ME", "MT", "NE", "OR", "PA", "PR", "WY", "VA", "VI"}
COUNTRY = re.compile(r"[ ,]+(?:USA|U\.?S\.?A?\.?|UNITED STATES(?: OF AMERICA)?|EE\.? ?UU\.?|ESTADOS UNIDOS)\.?$")
ZIP = re.compile(r"(?:^|[ ,])(\d{5})(?:\.0+)?(?:[- ]?\d{4}|-\d{0,4})?$")
# Too few or too many digits behind a state: "MA 021", "MN 553404".
MANGLED_ZIP = re.compile(r"(?<=[ ,])(?P<state>[A-Z]{2}) +(?P<digits>\d{3,4}|\d{6,8})$")
# A table program read a ZIP code as a number: 02115 became 2115.0.
ZIP_AS_NUMBER = re.compile(r"(?:^|[ ,])(\d{3,4})\.0+$")
# USPS Publication 28, appendix C2, and what people say in Spanish.
UNITS = {
    "APT", "APARTMENT", "UNIT", "STE", "SUITE", "RM", "ROOM", "FL", "FLR", "FLOOR", "BLDG", "BUILDING", "SPC", "SPACE",
    "LOT", "TRLR", "OFC", "OFFICE", "PH", "DEPT", "DEPTO", "DPTO", "DEPARTAMENTO", "APARTAMENTO", "PISO", "UNIDAD",
    "#", "NUM", "INT",
}  # fmt: skip
BARE_UNITS = {"REAR", "FRNT", "FRONT", "LOWR", "LOWER", "UPPR", "UPPER", "BSMT", "BASEMENT", "PH", "LBBY", "LOBBY"}
SPANISH_TYPES = {
    "CALLE": "ST", "C": "ST", "AVENIDA": "AVE", "AV": "AVE", "AVDA": "AVE", "CAMINO": "RD", "BULEVAR": "BLVD",
    "BOULEVARD": "BLVD", "BLVD": "BLVD", "CALLEJON": "ALY", "CARRETERA": "HWY", "PASEO": "WAY", "PLAZA": "PLZ",
    "CERRADA": "CT", "CALZADA": "BLVD", "RUTA": "HWY",
}  # fmt: skip
ARTICLES = {"LA", "EL", "LAS", "LOS", "THE", "DE", "DEL"}
BETWEEN = re.compile(r"\s*[&@+]\s*|(?<!\d)\s*/\s*|\s*/\s*(?!\d)|\s+(?:AND|AT|Y|CON|CROSSING)\s+|\s+N/O\s+|\s+S/O\s+")
CORNER_OF = re.compile(
    r"^(?:(?:EN|AT|ON|NEAR|IN)\s+)?(?:(?:LA|THE)\s+)?"
    r"(?:(?:(?:[NS][EW]?|[EW]|NORTH|SOUTH)\w*\s+)?(?:CORNER|ESQUINA|ESQ|CRUCE|INTERSECTION|INTERSECCION|INT|CROSSING))\b\.?"
    r"\s*(?:OF|DE|DEL|CON|AT)?\s+"
)
BEFORE = re.compile(
    r"^(?:IN FRONT OF|EN FRENTE DEL?|ENFRENTE DEL?|FRENTE (?:A|AL|DE|DEL)|ACROSS (?:THE STREET )?FROM|"
    r"NEXT (?:DOOR )?TO|NEAR|CERCA DEL?|JUNTO (?:A|AL)|AL LADO DEL?|BEHIND|DETRAS DEL?|ALONG|OUTSIDE(?: OF)?|"
    r"AFUERA DEL?|FUERA DEL?|AROUND|"
    r"OPPOSITE|OPP|ADJACENT TO|AT|ON|BY|EN|SOBRE|ADDRESS|DIRECCION|LOCATION|UBICACION|BUILDING|BLDG|EDIFICIO|"
    r"HOUSE(?: NUMBER)?|CASA|NUMBER|NUMERO|NO\.|NUM\.?)\s*:?\s+(?:(?:THE|LA|EL|LOS|LAS)\s+)?(?=\S)"
)
BLOCK = re.compile(
    r"^(?:THE |LA )?(?:(?P<before>\d{1,7})(?:ST|ND|RD|TH|S)?(?:[ -](?P<hundred>HUNDRED))?[ -]+(?:BLOCK|BLK|CUADRA)"
    r"(?: OF| DE LA| DEL| DE)?"
    r"|(?:BLOCK|BLK|CUADRA)(?: OF| DE)? (?P<after>\d{1,7})(?: OF| DE LA| DEL| DE)?) +(?P<street>.+)$"
)
WHICH_BLOCK = re.compile(r"^(?P<street>.+?)\s+(?P<one>BETWEEN|ENTRE|BTWN|BET|B/T)\s+(?P<rest>.+)$")
MILE = re.compile(
    r"(?:^|\s)(?:MILE ?POST|MILE ?MARKER|MILEPOST|POST ?MILE|MP|MM|PM|MILE|MILLA|MOJON)"
    r"\s*#?\s*(?P<mile>\d{1,4}(?:\.\d{1,3})?)(?=\s|$)"
)
NUMBER = re.compile(r"^#?(\d{1,7})(?:\.\d{1,2})?(?:-(\d{1,7}))?-?([A-Z])?$")
RANGE = re.compile(r"^#?(\d{1,7}) ?- ?(\d{1,7})([A-Z])?(?= )")
FRACTION = re.compile(r"^[1-9]/[2-9]$")
NO_PLACE = re.compile(
    r"^(?:NOT ASSOCIATED WITH (?:A|ANY) SPECIFIC ADDRESS|NO (?:SPECIFIC )?(?:ADDRESS|LOCATION)(?: GIVEN)?|UNKNOWN|"
    r"NONE|NULL|N ?/ ?A|NA|NOT (?:GIVEN|KNOWN|FOUND|APPLICABLE|AVAILABLE)|CITY ?WIDE|"
    r"ADDRESS UNKNOWN|UNKNOWN ADDRESS|TBD|SIN DIRECCION|SIN DOMICILIO|"
    r"NO SE SABE|DESCONOCID[AO]|NINGUN[AO]|NO APLICA|TODA LA CIUDAD|-+|\?+|X+|0+)\.?$"
)
