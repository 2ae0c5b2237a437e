"""Which of two slots starts: the laws that keep a board starting whatever an update did."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware import slots, update


@pytest.fixture
def flash(tmp_path, monkeypatch):
    """An empty flash with a whole firmware in both slots."""
    monkeypatch.chdir(tmp_path)
    for name in slots.NAMES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest").touch()
    return tmp_path


def test_an_untouched_flash_starts_slot_a_without_writing(flash):
    assert slots.choose(False) == "a"
    assert not (flash / slots.STATE).exists()


def test_a_flash_with_only_slot_b_starts_that(flash):
    (flash / "a" / "manifest").unlink()
    assert slots.choose(False) == "b"


def test_a_trial_has_three_starts_and_then_the_other_slot(flash):
    slots.try_out("b")
    assert [slots.choose(False) for _ in range(4)] == ["b", "b", "b", "a"]
    assert slots.read().fell_back == 1
    assert not slots.read().trial


def test_a_confirmed_trial_stays(flash):
    slots.try_out("b")
    assert slots.choose(False) == "b"
    slots.confirm()
    assert [slots.choose(False) for _ in range(10)] == ["b"] * 10


def test_power_cuts_never_count_against_a_confirmed_slot(flash):
    slots.write(slots.Choice("a"))
    assert {slots.choose(False) for _ in range(20)} == {"a"}
    assert slots.read().starts == 0


def test_three_faults_of_a_confirmed_slot_choose_the_other(flash):
    slots.write(slots.Choice("a"))
    assert [slots.choose(True) for _ in range(4)] == ["a", "a", "a", "b"]


def test_a_good_run_forgets_the_faults_before_it(flash):
    slots.write(slots.Choice("a"))
    for _ in range(5):
        assert slots.choose(True) == "a"
        assert slots.choose(True) == "a"
        slots.well()


def test_a_good_run_does_not_confirm_a_trial(flash):
    slots.try_out("b")
    slots.choose(False)
    slots.well()
    assert slots.read().trial


def test_when_both_slots_have_failed_the_prompt_stays_open(flash):
    slots.try_out("b")
    starts = [slots.choose(True) for _ in range(8)]
    assert starts == ["b", "b", "b", "a", "a", "a", "a", None]


def test_an_empty_other_slot_is_never_chosen(flash):
    (flash / "b" / "manifest").unlink()
    slots.write(slots.Choice("a"))
    assert [slots.choose(True) for _ in range(5)] == ["a", "a", "a", None, None]


def test_the_maintenance_file_keeps_every_slot_from_starting(flash):
    (flash / "maintenance").touch()
    assert slots.choose(False) is None


@given(content=st.binary(max_size=80))
def test_whatever_stands_in_the_state_file_a_slot_is_chosen(tmp_path_factory, content):
    flash = tmp_path_factory.mktemp("flash")
    (flash / "a").mkdir()
    (flash / "a" / "manifest").touch()
    (flash / slots.STATE).write_bytes(content)
    before = os.getcwd()
    os.chdir(flash)
    try:
        assert slots.read().slot in slots.NAMES
    finally:
        os.chdir(before)


def test_a_half_written_state_is_not_the_state(flash):
    slots.write(slots.Choice("b"))
    (flash / slots.FRESH).write_text('{"slot": "a", "tr')
    assert slots.choose(False) == "b"


@pytest.mark.parametrize(
    "path",
    ["", "/etc/x", "../main.py", "a/../b", "a//b", ".hidden", "a/.b", "a/", "A.py", "a b", "c:d", "ä",
    "x\\y"],
)
def test_a_path_out_of_the_slot_is_refused(path):
    assert not update.safe_path(path)


@pytest.mark.parametrize("path", ["manifest", "limits.json", "firmware/board/rp2_pio.mpy", "a/__init__.py"])
def test_paths_of_a_firmware_are_taken(path):
    assert update.safe_path(path)


def test_only_listed_files_stay(tmp_path):
    for name in ("keep.py", "stray.py", "in/keep.py", "in/stray.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    update.keep_only(str(tmp_path), {f"{tmp_path}/keep.py", f"{tmp_path}/in/keep.py"})
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == {
        "keep.py",
        "in/keep.py",
    }
