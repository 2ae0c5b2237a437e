"""A controller process of its own for each test that asks for one."""

import pytest

from firmware.tests.fake_twin import Controller


@pytest.fixture
def arm():
    with Controller("arm") as controller:
        yield controller


@pytest.fixture
def hand():
    with Controller("hand") as controller:
        yield controller
