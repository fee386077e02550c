"""Starting the server."""

from __future__ import annotations

import pytest

from dafeng.core.errors import SettingError
from dafeng.web.server import serve
from tests.web.sample import city


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_cannot_be_is_refused_before_anything_starts(port: int) -> None:
    with pytest.raises(SettingError, match=str(port)):
        serve([city()], port)
