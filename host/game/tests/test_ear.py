"""What is typed to the game at a terminal."""

import io
import os

import pytest

from host.game.ear import WORDS, TypedWords


@pytest.fixture
def terminal():
    person, program = os.openpty()
    with os.fdopen(person, "wb", buffering=0) as keys, os.fdopen(program, encoding="utf-8") as lines:
        yield keys, TypedWords(lines)


def test_every_word_is_heard_once_and_the_rest_means_nothing(terminal):
    keys, ear = terminal
    assert ear.hear() is None
    for word, wish in WORDS.items():
        keys.write(f"hello\n {word.upper()} \n".encode())
        assert ear.hear() == wish
        assert ear.hear() is None


def test_a_line_without_its_end_is_not_waited_for(terminal):
    keys, ear = terminal
    keys.write(b"resi")
    assert ear.hear() is None
    keys.write(b"gn\n")
    assert ear.hear() == "resign"


def test_a_file_is_no_person():
    assert TypedWords(io.StringIO("resign\n")).hear() is None
