"""How long the long proofs are: by default as much as fits among the others, in full where the environment says so.

``ONEMAP_CASES=5000`` for what schemathesis asks each interface, ``ONEMAP_MUTATIONS=10000`` for mutated reports.
"""

import os

CASES = int(os.environ.get("ONEMAP_CASES", "2000"))
MUTATIONS = int(os.environ.get("ONEMAP_MUTATIONS", "2000"))
