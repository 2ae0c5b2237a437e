import doctest
import importlib

import pytest

import engine


def test_the_public_names_are_there_and_named_once():
    assert len(set(engine.__all__)) == len(engine.__all__)
    for name in engine.__all__:
        assert hasattr(engine, name)


@pytest.mark.parametrize("module", ["squares", "move", "position", "game", "conduct", "levels"])
def test_the_examples_in_the_docstrings_hold(module):
    found = doctest.testmod(importlib.import_module(f"engine.{module}"), extraglobs=vars(engine))
    assert found.attempted > 0
    assert found.failed == 0


def test_every_error_is_an_engine_error_and_a_value_error():
    for name in engine.__all__:
        if name.endswith("Error"):
            assert issubclass(getattr(engine, name), engine.EngineError)
            assert issubclass(getattr(engine, name), ValueError)
