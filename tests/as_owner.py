"""Loaded before the settings (`-p tests.as_owner`): tests create databases and schemas, so they log in as the owner.

What the other roles may and may not do is tried with their own log-ins in tests/published.
"""

import os

os.environ["ONEMAP_AS_OWNER"] = "1"
