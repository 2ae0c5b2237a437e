"""A series of trials, one process each, whose results stand in files: it can be broken off and gone on with.

`DIR/robot-00007.jsonl` holds the moves of the robot drawn from seed 7; it appears when that trial is over.
Where each robot measures itself beforehand, `DIR/calibration-00007/` holds what it found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path

from host.arm.frames import Seat
from host.trial.campaign import RobotMove, play_trial
from host.trial.errors import SeriesError

__all__ = ["Summary", "read_series", "run_series", "summarise"]

_NAME, _MOVES = "robot-{seed:05d}.jsonl", "robot-*.jsonl"
_CALIBRATION, _CALIBRATIONS = "calibration-{seed:05d}", "calibration-*"


@dataclass(frozen=True)
class Summary:
    """What a series showed; lengths in millimetres. Percentiles are over all placings, retries too."""

    robots: int
    moves: int
    placings: int
    placing_p50_mm: float
    placing_p95_mm: float
    placing_max_mm: float
    neighbour_max_mm: float
    missed_steps: int
    undetected_missed_steps: int
    seconds_p50: float
    asked: int
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the bounds of the design hold: 0.5 mm for 95 of 100 placings, 1.0 mm for all."""
        return (
            self.placings > 0
            and self.placing_p95_mm <= 0.5
            and self.placing_max_mm <= 1.0
            and self.neighbour_max_mm <= 0.5
            and self.undetected_missed_steps == 0
        )


def run_series(
    moves: int,
    first_seed: int,
    out: Path,
    noise: Path | None,
    told: Callable[[str], None],
    *,
    calibrate: bool = False,
) -> Summary:
    """Run trials from `first_seed` on until there are `moves` moves; those in `out` already count.

    With `calibrate` each robot measures itself before it plays, else it begins with its drawing.
    `told` hears a line after each trial. Raises `SeriesError` when `out` holds another series, and the noise
    file's own error.
    """
    out.mkdir(parents=True, exist_ok=True)
    _same_series(out, noise, calibrate)
    seed, done = first_seed, 0
    while done < moves:
        path = out / _NAME.format(seed=seed)
        if not path.exists():
            # A process of its own: a renderer's context lives and dies with it.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                pool.submit(_trial, seed, path, noise, calibrate).result()
        done += len(_read(path))
        told(f"robot {seed}: {done} of {moves} moves; {_short(summarise(read_series(out)))}")
        seed += 1
    return summarise(read_series(out))


def _same_series(out: Path, noise: Path | None, calibrate: bool) -> None:
    """A series has one noise file, and calibrates all its robots or none: remember both, refuse another."""
    from host.twin.noise import DEFAULT_FILE

    text = (noise or DEFAULT_FILE).read_text(encoding="utf-8")
    kept = out / "noise.toml"
    if kept.exists() and kept.read_text(encoding="utf-8") != text:
        raise SeriesError(f"{out} holds moves made with another noise file; name another folder with --out")
    begun = any(out.glob(_MOVES))
    if begun and calibrate != any(out.glob(_CALIBRATIONS)):
        how = "without" if calibrate else "with"
        raise SeriesError(f"{out} holds moves made {how} calibrating; name another folder with --out")
    kept.write_text(text, encoding="utf-8")


def _trial(seed: int, path: Path, noise: Path | None, calibrate: bool) -> None:
    from host.arm.robot import load as load_robot
    from host.calibrate.errors import MeasurementError
    from host.calibrate.result import FILE
    from host.calibrate.twin import calibrate_twin, twin_device
    from host.calibrate.use import Calibrated, calibrated
    from host.twin.noise import load as load_noise
    from host.twin.world import World
    from vision.observer import Observer

    seat: Seat = "red" if seed % 2 else "black"
    robot = load_robot()
    found = Calibrated(robot)
    moves: Iterable[RobotMove]
    try:
        if calibrate:
            folder = path.parent / _CALIBRATION.format(seed=seed)
            calibrate_twin(seed, noise, folder, lambda line: None)
            found = calibrated(robot, folder / FILE, twin_device(seed))
        world = World(robot, load_noise(noise), seed, robot_plays=seat)
        moves = play_trial(world, seed, seat, Observer(), found)
    except MeasurementError as error:
        moves = [RobotMove(seed, 0, "", seat, fault=f"it could not measure itself: {error}")]
    lines = [json.dumps(asdict(move)) + "\n" for move in moves]
    fresh = path.with_suffix(".new")
    fresh.write_text("".join(lines), encoding="utf-8")
    fresh.replace(path)


def _read(path: Path) -> list[RobotMove]:
    known = {entry.name for entry in fields(RobotMove)}
    moves = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            record = json.loads(line)
            moves.append(RobotMove(**{key: value for key, value in record.items() if key in known}))
        except (ValueError, TypeError, AttributeError) as error:
            raise SeriesError(f"{path}:{number}: this is no move of a trial; delete the file") from error
    return moves


def read_series(out: Path) -> list[RobotMove]:
    """All moves in a folder. Raises `SeriesError` for a file that is not one of a series."""
    return [move for path in sorted(out.glob(_MOVES)) for move in _read(path)]


def summarise(moves: Sequence[RobotMove]) -> Summary:
    """The figures of a series."""
    placings = sorted(placing for move in moves for placing in move.placings_mm)
    seconds = sorted(move.seconds for move in moves if not move.fault)
    return Summary(
        robots=len({move.seed for move in moves}),
        moves=len(moves),
        placings=len(placings),
        placing_p50_mm=_share(placings, 0.50),
        placing_p95_mm=_share(placings, 0.95),
        placing_max_mm=max(placings, default=0.0),
        neighbour_max_mm=max((move.neighbour_mm for move in moves), default=0.0),
        missed_steps=sum(move.missed_steps for move in moves),
        undetected_missed_steps=sum(move.missed_steps for move in moves if not move.noticed),
        seconds_p50=_share(seconds, 0.50),
        asked=sum(move.asked for move in moves),
        faults=tuple(f"robot {move.seed} ply {move.ply}: {move.fault}" for move in moves if move.fault),
    )


def _share(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, round(share * (len(values) - 1)))] if values else 0.0


def _short(summary: Summary) -> str:
    return (
        f"placing p95 {summary.placing_p95_mm:.2f} mm, max {summary.placing_max_mm:.2f} mm of "
        f"{summary.placings}; neighbours at most {summary.neighbour_max_mm:.2f} mm"
    )
