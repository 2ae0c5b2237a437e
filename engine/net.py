"""The evaluation net: the typed face of the core's reader and of its integer arithmetic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from engine import _core
from engine.errors import NetError
from engine.move import Move
from engine.position import Position, move_number

__all__ = ["Judge", "Net", "core_judge"]

MAX_NET_BYTES = 1 << 26


class Net:
    """An evaluation net as `tools/train_net/export.py` writes it; never changes.

    Scores are integers: the same on every machine, with or without vector instructions.
    """

    __slots__ = ("_core",)

    def __init__(self, file: bytes) -> None:
        try:
            self._core = _core.Net(file)
        except ValueError as error:
            raise NetError(str(error)) from None

    @classmethod
    def load(cls, path: Path | str) -> "Net":
        """Read a net from a file. Raises NetError naming the file; OSError if it cannot be opened."""
        with Path(path).open("rb") as file:
            content = file.read(MAX_NET_BYTES)
        try:
            return cls(content)
        except NetError as error:
            raise NetError(f"{path}: {error}") from None

    @classmethod
    def builtin(cls) -> "Net":
        """The net that was compiled in (`engine/nets/qiyou.nnue` at the build). Raises NetError."""
        net = cls.__new__(cls)
        try:
            net._core = _core.Net.builtin()
        except ValueError as error:
            raise NetError(str(error)) from None
        return net

    @property
    def sha256(self) -> str:
        """The hash that ends the file, in hex."""
        return self._core.digest()

    @property
    def core(self) -> _core.Net:
        """For the other modules of this package."""
        return self._core

    def evaluate(self, position: Position, scalar: bool = False) -> int:
        """Centipawns for the side to move. `scalar` leaves the vector instructions aside."""
        return self._core.evaluate(position._core, scalar)

    def evaluate_line(self, start: Position, moves: Sequence[Move], scalar: bool = False) -> list[int]:
        """Centipawns for the side to move after each of up to 500 moves, as the search computes them.

        The wide layer is updated from move to move. Raises ValueError for a move that is not legal.
        """
        return self._core.evaluate_line(start._core, [move_number(move) for move in moves], scalar)


# Who judges positions in a search: a net, the built-in one (None), or the hand-written rules.
Judge: TypeAlias = Net | Literal["rules"] | None


def core_judge(judge: Judge) -> _core.Net | None:
    """The judge as the core takes it: a net, or None for the hand-written rules."""
    if judge == "rules":
        return None
    return Net.builtin().core if judge is None else judge.core
