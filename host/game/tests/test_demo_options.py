"""What is asked of a game in the twin reaches the twin: the robot's file, its colour and its limits."""

import pytest

from host.arm.robot import DEFAULT_FILE, load
from host.game.demo import DemoOptions, run_demo
from host.game.errors import TwinError
from host.game.journal import read_journal
from host.twin.client import TwinProcess
from host.twin.lockstep import TwinGoneError


@pytest.fixture
def asked(monkeypatch):
    """The configurations with which a twin was to start; none does."""
    configurations = []

    def start(config, _folder):
        configurations.append(config)
        raise TwinGoneError("the twin did not start: as planned")

    monkeypatch.setattr(TwinProcess, "start", start)
    return configurations


def test_robot_file_colour_and_level_reach_the_twin_and_the_journal(tmp_path, asked, monkeypatch):
    text = DEFAULT_FILE.read_text().replace('fastest_point = "150mm/s"', 'fastest_point = "140mm/s"')
    (tmp_path / "mine.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    mine = (tmp_path / "mine.toml").relative_to(tmp_path)
    out = tmp_path / "game"
    with pytest.raises(TwinError, match="as planned; the game is safe"):
        run_demo(DemoOptions(out, 2, 4, robot=mine, plays="red", level=2))
    monkeypatch.chdir("/")
    with pytest.raises(TwinError):
        run_demo(DemoOptions(out, resume=True))
    for config in asked:
        assert config["world"]["robot"] == str(tmp_path / "mine.toml")
        assert config["world"]["robot_plays"] == config["person"]["robot_plays"] == "red"
        assert config["firmware"]["limits"] == load(tmp_path / "mine.toml").limits.as_dict()
        assert config["firmware"]["limits"] != load().limits.as_dict()
    assert len(asked) == 2
    first = read_journal(out / "journal.jsonl")[0]
    assert (first["robot"], first["level"], first["seed"]) == ("red", 2, 4)


@pytest.mark.parametrize(("seed", "colour"), [(1, "red"), (2, "black")])
def test_without_a_wish_the_seed_gives_the_colour_and_the_robot_is_the_reference(
    tmp_path, asked, seed, colour
):
    with pytest.raises(TwinError):
        run_demo(DemoOptions(tmp_path, 2, seed))
    assert asked[0]["world"]["robot_plays"] == colour
    assert asked[0]["world"]["robot"] is None
