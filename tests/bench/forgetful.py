"""Makes this process forget what it worked out: an answer that is asked for again costs what the first one did."""


def forget_everything() -> None:
    """From now on nothing is remembered but what the product reads anew each second anyway."""
    from geoserver_app.density import read
    from geoserver_app.published import request_tiles, summary

    for memory in (read.remembered, request_tiles.remembered, summary.remembered):
        memory.clear()
        memory.max_bytes = 0
