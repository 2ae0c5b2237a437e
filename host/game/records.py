"""What the journal's lines about moves and carried pieces say."""

from collections.abc import Mapping

from host.game.mend import Errand
from host.game.requests import Offsets
from host.game.state import Standing, square_index, square_name
from vision.reading import Reading

__all__ = ["carry_record", "move_record", "rounded"]


def move_record(
    standing: Standing, versions: Mapping[str, object], move: str, reading: Reading
) -> dict[str, object]:
    """A move, the reading it follows from, and the `versions` of all that took part."""
    see = {
        "frame": reading.frame_hash,
        "reading": reading.fen or "".join(reading.labels),
        "verdict": reading.verdict,
        "model": reading.model_hash,
        "rests_on": reading.rests_on,
    }
    return {
        "ply": standing.ply,
        "move": move,
        "capture": standing.game.position.board[square_index(move[2:4])] != ".",
        "see": see,
        "versions": dict(versions),
    }


def carry_record(standing: Standing, errand: Errand) -> dict[str, object]:
    """A piece lifted or placed."""
    slot = f"tray {standing.tray_used}"
    return {
        "ply": standing.ply,
        "piece": errand.piece,
        "source": "nose" if errand.source is None else square_name(errand.source),
        "target": slot if errand.target is None else square_name(errand.target),
        "why": errand.why,
    }


def rounded(offsets: Offsets, squares: tuple[int, int]) -> dict[str, list[float]]:
    """The offsets at `squares`, by name, to a hundredth of a millimetre."""
    return {
        square_name(square): [round(value, 5) for value in offsets[square]]
        for square in squares
        if square in offsets
    }
