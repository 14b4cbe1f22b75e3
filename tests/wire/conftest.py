"""How fast a scripted server answers."""

import pytest


@pytest.fixture(params=[False, True], ids=["at once", "byte by byte"])
def slowly(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)
