"""How long the long proofs are: by default as much as fits among the others, in full where the environment says so.

``ONEMAP_CASES=5000`` for what schemathesis asks each interface, ``ONEMAP_MUTATIONS=10000`` for mutated reports,
``ONEMAP_EXAMPLES=250`` for filters and histories that hypothesis draws of the map's numbers.
"""

import os

CASES = int(os.environ.get("ONEMAP_CASES", "2000"))
MUTATIONS = int(os.environ.get("ONEMAP_MUTATIONS", "2000"))
EXAMPLES = int(os.environ.get("ONEMAP_EXAMPLES", "60"))
