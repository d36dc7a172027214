"""Which address a visitor is counted by."""

from typing import Any

import pytest

from geoserver_app.accounts.visitors import client_address


@pytest.mark.parametrize(
    ("meta", "trusted", "found"),
    [
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1"}, 0, "192.0.2.1"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.5"}, 1, "192.0.2.5"),
        ({"REMOTE_ADDR": "10.0.0.1"}, 1, "10.0.0.1"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, 0, "2001:db8:1:2::/64"),
        ({"REMOTE_ADDR": "nonsense"}, 0, "unknown"),
    ],
)
def test_addresses_are_believed_as_far_as_our_own_proxies(
    rf: Any, settings: Any, meta: dict[str, str], trusted: int, found: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    assert client_address(rf.get("/", **meta)) == found
