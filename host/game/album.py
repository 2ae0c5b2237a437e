"""What a game in the twin leaves for people to look at: pictures of the turns, the game record."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from engine import Game
from engine.pgn import write_pgn
from host.game.disk import Keepsakes, write_whole
from host.game.eyes import CameraEyes
from host.game.requests import Request, Write
from host.game.sheet import contact_sheet, turn_picture, write_picture

__all__ = ["Album", "Saver", "write_game"]


class Album:
    """A witness that keeps one small picture a turn."""

    def __init__(self, folder: Path, eyes: CameraEyes, keepsakes: Keepsakes) -> None:
        self._folder = folder
        self._eyes = eyes
        self._keepsakes = keepsakes

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        """See `host.game.ports.Witness`."""
        del answer, wall_ms
        if not isinstance(request, Write) or request.kind not in {"person", "seen"}:
            return
        frame, reading = self._eyes.frame, self._eyes.reading
        if frame is None or reading is None:
            return
        ply = cast(int, request.fields["ply"])
        who = "person" if request.kind == "person" else "robot"
        takes = " x" if request.fields["capture"] else ""
        move = str(request.fields["move"])
        tile = turn_picture(frame, reading, move, f"{ply + 1}. {who} {move}{takes}")
        path = self._folder / f"ply-{ply + 1:03d}.jpg"
        with self._keepsakes.keep(path):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_picture(path, tile)


class Saver:
    """A witness that has the report brought up to date after every turn."""

    def __init__(self, save: Callable[[], None]) -> None:
        self._save = save

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        """See `host.game.ports.Witness`."""
        del answer, wall_ms
        if isinstance(request, Write) and request.kind in {"person", "seen"}:
            self._save()


def write_game(out: Path, game: Game, robot: Literal["red", "black"], keepsakes: Keepsakes) -> None:
    """Write `out`/game.pgn and, from the pictures of the turns, `out`/turns.png."""
    sides = {"red": "A simulated person", "black": "A simulated person", robot: "Qiyou"}
    tags = {"Event": "A game in the twin", "Red": sides["red"], "Black": sides["black"]}
    with keepsakes.keep(out / "game.pgn"):
        write_whole(out / "game.pgn", write_pgn(game, tags).encode())
    with keepsakes.keep(out / "turns.png"):
        contact_sheet(sorted((out / "turns").glob("ply-*.jpg")), out / "turns.png")
