import pytest

from tests.link.squared import Squared, redraw_beats, town


@pytest.fixture
def squared(db: None) -> Squared:
    """The town on squared paper, its beats redrawn in 2025."""
    made = town()
    redraw_beats(made)
    return made
