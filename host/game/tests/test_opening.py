"""A game is gone on with as it was begun: same seed, colour, level and robot, or not at all."""

import pytest

from host.arm.errors import RobotFileError
from host.arm.robot import DEFAULT_FILE
from host.game.errors import JournalError
from host.game.journal import Journal
from host.game.opening import Wishes, go_on, start_new


@pytest.fixture
def mine(tmp_path):
    """A robot file of one's own, slower than the reference robot."""
    text = DEFAULT_FILE.read_text()
    slower = text.replace('fastest_point = "150mm/s"', 'fastest_point = "140mm/s"')
    assert slower != text
    path = tmp_path / "mine.toml"
    path.write_text(slower)
    return path


def begun(out, **wishes):
    with start_new(out, Wishes(**wishes)).journal:
        return out


def test_what_a_game_was_begun_with_is_what_it_goes_on_with(tmp_path, mine):
    out = begun(tmp_path / "game", seed=5, plies=4, plays="red", level=3, robot_file=mine)
    again = go_on(out, Wishes())
    with again.journal:
        assert (again.seed, again.plies, again.plays, again.level) == (5, 4, "red", 3)
        assert again.robot_file == mine
        assert again.robot.limits.hash() != go_on_reference(tmp_path).limits.hash()


def go_on_reference(tmp_path):
    again = go_on(begun(tmp_path / "reference"), Wishes())
    again.journal.close()
    assert again.robot_file is None
    return again.robot


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"seed": 6}, "has seed 5, not 6; leave --seed out"),
        ({"plays": "black"}, "has plays red, not black; leave --plays out"),
        ({"level": 4}, "has level 3, not 4; leave --level out"),
    ],
)
def test_another_wish_than_the_journals_is_refused(tmp_path, wish, said):
    out = begun(tmp_path / "game", seed=5, plays="red", level=3)
    with pytest.raises(JournalError, match=said):
        go_on(out, Wishes(**wish))
    go_on(out, Wishes(seed=5, plays="red", level=3)).journal.close()


def test_another_robot_is_refused_and_so_is_one_that_has_changed(tmp_path, mine):
    out = begun(tmp_path / "game")
    with pytest.raises(JournalError, match=r"another robot \(the reference robot, limits .*mine.toml"):
        go_on(out, Wishes(robot_file=mine))
    out = begun(tmp_path / "other", robot_file=mine)
    mine.write_text(DEFAULT_FILE.read_text())
    with pytest.raises(JournalError, match=r"begun with another robot \(.*mine.toml"):
        go_on(out, Wishes())


def test_a_robot_file_that_went_away_is_named(tmp_path, mine):
    out = begun(tmp_path / "game", robot_file=mine)
    mine.unlink()
    with pytest.raises(RobotFileError, match=r"mine\.toml"):
        go_on(out, Wishes())
    Journal.check_free(out / "journal.jsonl")


def test_a_bad_robot_file_touches_nothing(tmp_path):
    out = begun(tmp_path / "game")
    before = (out / "journal.jsonl").read_bytes()
    (tmp_path / "bad.toml").write_text(DEFAULT_FILE.read_text() + "\n[wheels]\n")
    with pytest.raises(RobotFileError, match="wheels"):
        start_new(out, Wishes(robot_file=tmp_path / "bad.toml"))
    assert [path.name for path in out.iterdir()] == ["journal.jsonl"]
    assert (out / "journal.jsonl").read_bytes() == before
