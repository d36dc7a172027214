import pytest

from tests.life import Town, town


@pytest.fixture
def almendra(db: None) -> Town:
    return town()
