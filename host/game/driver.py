"""Performs what the table asks for, request by request, with the ports of one of the three worlds."""

import time
from dataclasses import dataclass, field
from typing import cast

from engine import Game
from host.game.ports import Body, Deaf, Ear, Eyes, Mind, Mouth, Scribe, Witness
from host.game.requests import (
    Agree,
    Fetch,
    Hear,
    Light,
    Listen,
    Look,
    Measure,
    Park,
    Plan,
    PutDown,
    Request,
    Say,
    Steps,
    Think,
    Write,
)
from host.game.table import Outcome

__all__ = ["Ports", "drive"]


@dataclass(frozen=True)
class Ports:
    """One port of each kind."""

    eyes: Eyes
    mind: Mind
    body: Body
    mouth: Mouth
    scribe: Scribe
    ear: Ear = field(default_factory=Deaf)


def drive(steps: Steps[Outcome], game: Game, ports: Ports, witnesses: tuple[Witness, ...] = ()) -> Outcome:
    """Play until the table is done. `game` is the table's own game, for the choice of a move.

    What a port raises (a full disk, a twin that ended) passes through: the journal is on disk.
    """
    answer: object = None
    while True:
        try:
            request = steps.send(answer)
        except StopIteration as end:
            return cast(Outcome, end.value)
        started = time.perf_counter()
        answer = _perform(request, game, ports)
        wall_ms = (time.perf_counter() - started) * 1e3
        for witness in witnesses:
            witness.note(request, answer, wall_ms)


def _perform(request: Request, game: Game, ports: Ports) -> object:
    match request:
        case Write(kind, fields):
            ports.scribe.append(kind, fields)
            return None
        case Look():
            return ports.eyes.look()
        case Agree(position, frame_hash):
            ports.eyes.agree(position, frame_hash)
            return None
        case Measure(squares):
            return ports.eyes.measure(squares)
        case Hear():
            return ports.ear.hear()
        case Think():
            return ports.mind.choose(game)
        case Plan():
            return ports.body.plan(request)
        case Fetch(carry):
            return ports.body.fetch(carry)
        case PutDown(carry):
            return ports.body.put_down(carry)
        case Park():
            return ports.body.park()
        case Light(pattern):
            ports.body.light(pattern)
            return None
        case Say(message):
            ports.mouth.say(message)
            return None
        case Listen(seconds):
            return ports.body.listen(seconds)
