"""What legislation's tests share: the service, and a database with instruments to stand on."""

from __future__ import annotations

import pytest

from imdi_common.service import Service
from imdi_legislation.app import SERVICE


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE
