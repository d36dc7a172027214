"""Named places at which a test may kill the process, to see that nothing that was acknowledged is lost.

``ONEMAP_FAILPOINT=notify.handed_over`` kills at the first time that place is reached, ``...:3`` at the third. It is
heeded only with the private database that ./run makes for itself.
"""

import os
import signal

_times: dict[str, int] = {}


def reached(name: str) -> None:
    """Does nothing, unless this very place was named: then the process ends at once, as if the power had failed."""
    wanted = os.environ.get("ONEMAP_FAILPOINT")
    if not wanted or os.environ.get("ONEMAP_PRIVATE_DATABASE") != "1":
        return
    place, _, times = wanted.partition(":")
    if place != name:
        return
    _times[name] = _times.get(name, 0) + 1
    if _times[name] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
