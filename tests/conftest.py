"""What holds for every test."""

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example of a property may take says something of the machine, and nothing of the property.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True, scope="session")
def own_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the user's cache folder is to the runs of the tests: none of them writes into the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def traced_as_before() -> Iterator[None]:
    """A test that leaves another tracer behind would end what coverage counts, of all tests after it."""
    earlier = sys.gettrace()
    yield
    assert sys.gettrace() is earlier
