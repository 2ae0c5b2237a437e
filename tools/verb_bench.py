"""`qiyou bench`: how fast things are, each beside a peer or a bound measured in the same run."""

import argparse
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

SUMMARY = "measure speed, each figure beside a peer or a bound of the same run"

_PEER = "fairy-stockfish"
_PERFT_DEPTH = 4


@dataclass(frozen=True)
class _Figure:
    """One measured figure; `ratio` is the figure over its bound or peer, above 1 is better unless said."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def _best(action: Callable[[], object], runs: int = 3) -> float:
    """Shortest of several runs, in seconds: what the machine can do when nobody disturbs it."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def _perft() -> _Figure:
    from engine import Position

    start = Position.start()
    nodes = start.perft(_PERFT_DEPTH)
    rate = nodes / _best(lambda: start.perft(_PERFT_DEPTH)) / 1e6
    peer = shutil.which(_PEER) or shutil.which(_PEER, path="/usr/games")
    if peer is None:
        return _Figure("perft, bulk", rate, "Mn/s", f"{_PEER} is not installed", None)
    # One depth more for the peer, so that starting it does not count.
    set_up = "uci\nsetoption name UCI_Variant value xiangqi\n"
    dialogue = f"{set_up}position startpos\ngo perft {_PERFT_DEPTH + 1}\nquit\n"

    def ask(text: str) -> None:
        subprocess.run([peer], input=text, text=True, capture_output=True, timeout=300, check=True)

    started = _best(lambda: ask(f"{set_up}quit\n"), 1)
    seconds = max(_best(lambda: ask(dialogue), 1) - started, 1e-9)
    peer_rate = start.perft(_PERFT_DEPTH + 1) / seconds / 1e6
    return _Figure("perft, bulk", rate, "Mn/s", f"{_PEER} {peer_rate:.1f} Mn/s", rate / peer_rate)


def _search() -> _Figure:
    from engine import Engine, Game, Limits

    engine = Engine()
    found = []

    def think() -> None:
        engine.new_game()
        found.append(engine.search(Game(), Limits(nodes=300_000)).nodes)

    rate = 1 / _best(think) * 1e-6
    rate *= found[-1]
    return _Figure("search, one thread", rate, "Mn/s", "0.8 Mn/s aimed at", rate / 0.8)


def _vision() -> list[_Figure]:
    from tools.vision_speed import frame_costs

    figures = []
    for cost in frame_costs():
        against = f"at most {cost.bound:g} {cost.unit}"
        figures.append(_Figure(cost.name, cost.value, cost.unit, against, cost.bound / cost.value))
    return figures


def _twin() -> _Figure:
    from host.twin.world import make_world

    world = make_world(seed=1)
    world.advance(100_000)
    start = world.now_us()
    seconds = _best(lambda: world.advance(world.now_us() + 500_000))
    simulated = (world.now_us() - start) * 1e-6 / 3
    return _Figure("twin physics", simulated / seconds, "x real time", "real time", simulated / seconds)


def _wire() -> _Figure:
    from firmware.wire.cobs import decode_in_place, encode_into

    payload = bytes(range(200))
    buffer = bytearray(len(payload) + 2)
    frames = 2000

    def round_trips() -> None:
        for _ in range(frames):
            decode_in_place(buffer, encode_into(payload, len(payload), buffer))

    rate = frames / _best(round_trips)
    return _Figure("wire framing, 200 bytes", rate, "packets/s", "400 packets/s needed", rate / 400)


def _motion() -> list[_Figure]:
    from host.arm.robot import load
    from tools.link_capacity import measure_link_load
    from tools.motion_report import draw_turns, measure_move_times, measure_upkeep, motions_of

    robot = load()
    upkeep = measure_upkeep(robot, 15, 1)
    stages = next(draw_turns(robot, "red", 1, 1, fast=True))
    link = measure_link_load(robot, [motion for motion, _ in motions_of(stages)])
    ratio = max(row.ratio for row in measure_move_times(None, 6, 1))
    share, conversion = 100 * link.share, 100 * upkeep.conversion
    plan = upkeep.planning_ms
    return [
        _Figure("move time, median", ratio, "x shortest", "at most 1.15", 1.15 / ratio),
        _Figure("planning a move", plan, "ms", "at most 2 ms", 2 / plan),
        _Figure("steps of a move", conversion, "% of motion", "at most 5 %", 5 / conversion),
        _Figure(
            "link load in motion",
            share,
            "% of capacity",
            f"at most 20 % of {link.capacity_per_s / 1e3:.0f} kB/s that MicroPython takes in here",
            20 / share,
        ),
    ]


def run(args: argparse.Namespace) -> int:
    """Measure and print; always 0, since a slow machine is not a failure."""
    figures = [_perft(), _search(), *_vision(), _twin(), _wire(), *_motion()]
    if args.json:
        print(json.dumps({"figures": [asdict(figure) for figure in figures]}))
        return 0
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:8.2f} x"
        print(f"{figure.name:<28}{figure.value:12.2f} {figure.unit:<12}{ratio:<12}({figure.against})")
    return 0
