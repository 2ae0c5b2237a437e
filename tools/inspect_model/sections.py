"""The sections of an inspection, each a few lines of the score card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tools.composed.conditions import glare
from tools.composed.stage import Man
from tools.inspect_model.attacks import Net, fgsm, pgd, square_search
from tools.inspect_model.card import Line
from tools.inspect_model.foreign import KINDS, foreign_picture
from tools.inspect_model.pass_lines import SECTION_NAMES, line_of
from tools.inspect_model.stranger import trained_stranger
from tools.inspect_model.trials import Bench, Outcome, Puppet, swapped, with_face
from tools.inspect_model.twin import TorchTwin
from vision.classify import CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS, Classifier, board_canvas
from vision.decode import decode
from vision.geometry import project
from vision.locate import Locator
from vision.look import Looker
from vision.model_files import MODELS
from vision.reading import SQUARES, Frame
from vision.rectify import PIECE_HEIGHT_CELLS, canvas_from_board

__all__ = ["SECTIONS", "Subject"]

Picture = NDArray[np.uint8]
_LEVELS = (2, 4, 8)
_STEPS = 10
#: Columns of the net that sees the points: piece, nothing, cannot tell.
_PIECE, _EMPTY, _PRESENCE = 0, 1, 3


@dataclass(frozen=True)
class Subject:
    """What is inspected, and how thoroughly: `rounds` scales every count."""

    locator: Locator
    classifier: Classifier
    twin: TorchTwin
    rounds: int


def _acts(section: str, outcomes: list[Outcome]) -> list[Line]:
    count = len(outcomes)
    return [
        line_of(section, "wrong acts", sum(each.acted for each in outcomes), count),
        line_of(section, "questions asked", sum(each.asked for each in outcomes), count),
    ]


def white_box(subject: Subject) -> list[Line]:
    """Gradient attacks on the rectified board: how many of the 90 points change what they are to the net."""
    clean, fast, strong, count = 0, dict.fromkeys(_LEVELS, 0), dict.fromkeys(_LEVELS, 0), 0
    for number in range(subject.rounds):
        bench = Bench(number, subject.locator, subject.classifier)
        pictures = board_canvas(bench.clean(), bench.stage.ground)[None].astype(np.float32)
        truth = np.array([label != "." for label in bench.labels])
        aim = _confusing(truth)
        count += len(truth)
        clean += _right(subject.twin, pictures, truth)
        for levels in _LEVELS:
            fast[levels] += _right(subject.twin, fgsm(subject.twin, pictures, aim, levels), truth)
            changed = pgd(subject.twin, pictures, aim, levels, _STEPS, bench.rng)
            strong[levels] += _right(subject.twin, changed, truth)
    lines = [line_of("white box", "piece or bare right, clean", clean / count, count)]
    for levels in _LEVELS:
        lines.append(line_of("white box", f"right under FGSM, {levels} levels", fast[levels] / count, count))
        lines.append(line_of("white box", f"right under PGD, {levels} levels", strong[levels] / count, count))
    return lines


def _confusing(truth: NDArray[np.bool_]) -> Callable[[Tensor], Tensor]:
    """What makes pieces look bare and bare points like pieces."""
    sign = torch.from_numpy(np.where(truth, 1.0, -1.0).astype(np.float32))

    def aim(scores: Tensor) -> Tensor:
        logp = torch.log_softmax(scores[0, :, :_PRESENCE], dim=1)
        value: Tensor = sign * (logp[:, _EMPTY] - logp[:, _PIECE])
        return value

    return aim


def _right(net: Net, pictures: NDArray[np.float32], truth: NDArray[np.bool_]) -> int:
    with torch.no_grad():
        presence = net(torch.from_numpy(pictures)).numpy()[0, :, :_PRESENCE]
    standing, bare = presence[:, _PIECE], presence[:, _EMPTY]
    told = np.where(presence[:, -1] > np.maximum(standing, bare), -1, standing > bare)
    return int((told == truth).sum())


def tampered_pictures(subject: Subject) -> list[Line]:
    """The same attack carried back into the camera's picture: on single looks, and on a game in progress."""
    return _carried_back("tampered pictures", subject, subject.twin)


def transfer(subject: Subject) -> list[Line]:
    """The same by an attacker who does not know the nets: along the gradients of a net of his own."""
    stranger = trained_stranger(1)
    clean, misled = 0, 0
    for number in range(subject.rounds):
        bench = Bench(number, subject.locator, subject.classifier)
        pictures = board_canvas(bench.clean(), bench.stage.ground)[None].astype(np.float32)
        truth = np.array([label != "." for label in bench.labels])
        clean += _right(stranger, pictures, truth)
        changed = pgd(stranger, pictures, _confusing(truth), _LEVELS[-1], _STEPS, bench.rng)
        misled += _right(stranger, changed, truth)
    points = 90 * subject.rounds
    return [
        line_of("transfer", "stranger right, clean", clean / points, points),
        line_of("transfer", f"stranger right under PGD, {_LEVELS[-1]} levels", misled / points, points),
        *_carried_back("transfer", subject, stranger),
    ]


def _carried_back(section: str, subject: Subject, net: Net) -> list[Line]:
    """What the pattern that misleads `net` most does to the program that looks through its camera."""
    silent, wrong, outcomes = 0, 0, []
    for number in range(subject.rounds):
        bench = Bench(number, subject.locator, subject.classifier)
        pattern = _pattern(net, bench, _LEVELS[-1])

        def tamper(picture: Picture, added: NDArray[np.float32] = pattern) -> Picture:
            return np.asarray(np.clip(picture + added, 0, 255), np.uint8)

        looker = Looker(
            corners=bench.stage.view.corners, locator=subject.locator, classifier=subject.classifier
        )
        reading = looker.look(Frame(tamper(bench.clean()), 0, "bench"), asked=True)
        errors = sum(a not in {b, "?"} for a, b in zip(reading.labels, bench.labels, strict=True))
        wrong += errors
        silent += reading.verdict == "ok" and errors > 0
        outcomes.append(bench.play(bench.shots(bench.men.values(), tamper)))
    points = 90 * subject.rounds
    return [
        line_of(section, "points wrong in single looks", wrong / points, points),
        line_of(section, "boards wrong in silence, single looks", silent, subject.rounds),
        *_acts(section, outcomes),
    ]


def _pattern(net: Net, bench: Bench, levels: int) -> NDArray[np.float32]:
    """What to add to the camera's picture: the rectified board's perturbation, seen from the lens."""
    image, ground = bench.clean(), bench.stage.ground
    pictures = board_canvas(image, ground)[None].astype(np.float32)
    truth = np.array([label != "." for label in bench.labels])
    added = (pgd(net, pictures, _confusing(truth), levels, _STEPS, bench.rng) - pictures)[0]
    plane = bench.stage.view.plane(PIECE_HEIGHT_CELLS)
    to_picture = plane @ np.linalg.inv(canvas_from_board(CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS))
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpPerspective(added, to_picture, size, flags=cv2.INTER_NEAREST), np.float32)


def owned_reader(subject: Subject) -> list[Line]:
    """The worst case: the reader says with full confidence that a lawful move was made, and nothing moved."""
    outcomes = []
    for number in range(3 * subject.rounds):
        puppet = Puppet(subject.classifier)
        bench = Bench(number, subject.locator, puppet)
        moves = bench.position.legal_moves()
        move = moves[int(bench.rng.integers(len(moves)))]
        board = bench.position.after(move).board
        claimed = "".join(board[rank * 9 : rank * 9 + 9] for rank in range(9, -1, -1))

        def take_over(puppet: Puppet = puppet, claimed: str = claimed) -> None:
            puppet.labels = claimed

        outcomes.append(bench.play(bench.shots(bench.men.values()), take_over))
    return _acts("owned reader", outcomes)


def black_box(subject: Subject) -> list[Line]:
    """Queries only: random squares of 12 levels, kept when they make the reading less sure of what stands
    there.
    """
    outcomes, silent = [], 0
    for number in range(max(1, subject.rounds // 2)):
        bench = Bench(number, subject.locator, subject.classifier)
        ground, truth = bench.stage.ground, np.array(list(bench.labels))

        def sureness(picture: Picture, ground: NDArray[np.float64] = ground, truth: object = truth) -> float:
            told = decode(subject.classifier.classify(picture, ground))
            right = np.array(told.raw_labels) == truth
            return float((told.raw_confidence * np.where(right, 1, -1)).sum())

        clean = bench.clean()
        found = square_search(clean, sureness, 12, 24, bench.rng)
        added = found.astype(np.int16) - clean
        told = decode(subject.classifier.classify(found, ground)).labels
        silent += any(a not in {b, "?"} for a, b in zip(told, bench.labels, strict=True))

        def tamper(picture: Picture, added: NDArray[np.int16] = added) -> Picture:
            return np.asarray(np.clip(picture + added, 0, 255), np.uint8)

        outcomes.append(bench.play(bench.shots(bench.men.values(), tamper)))
    misled = line_of("black box", "boards with a wrong point", silent, len(outcomes))
    return [misled, *_acts("black box", outcomes)]


def stickers(subject: Subject) -> list[Line]:
    """Another character stuck on a disc, a printed patch, and two discs exchanged while nobody looked."""
    outcomes = []
    for number in range(2 * subject.rounds):
        bench = Bench(number, subject.locator, subject.classifier)
        points = list(bench.men)
        first, second = (int(point) for point in bench.rng.choice(points, 2, replace=False))
        others = sorted({man.label for man in bench.men.values()} - {bench.men[first].label})
        label = str(bench.rng.choice(others))
        men: Mapping[int, Man]
        if number % 3 == 0:
            men = with_face(bench.men, first, label)
        elif number % 3 == 1:
            while bench.men[second].label == bench.men[first].label:
                second = int(bench.rng.choice(points))
            men = swapped(bench.men, first, second)
        else:
            men = bench.men
        change = _patch(bench) if number % 3 == 2 else None
        outcomes.append(bench.play(bench.shots(men.values(), change)))
    return _acts("stickers", outcomes)


def _patch(bench: Bench) -> Callable[[Picture], Picture]:
    """A loud printed patch, 0.7 cells wide, laid on some point."""
    point = int(bench.rng.integers(len(SQUARES)))
    x, y = project(bench.stage.ground, [[point % 9, point // 9]])[0]
    half = int(0.35 * bench.stage.pitch)
    print_ = bench.rng.integers(0, 256, (5, 5, 3)).astype(np.uint8)
    patch = cv2.resize(print_, (2 * half, 2 * half), interpolation=cv2.INTER_NEAREST)

    def lay(picture: Picture) -> Picture:
        changed = picture.copy()
        changed[int(y) - half : int(y) + half, int(x) - half : int(x) + half] = patch
        return changed

    return lay


def lamps(subject: Subject) -> list[Line]:
    """A lamp reflected somewhere on the board, up to washing a piece out."""
    outcomes = []
    for number in range(subject.rounds):
        bench = Bench(number, subject.locator, subject.classifier)
        x, y = project(bench.stage.ground, [bench.rng.uniform((0, 0), (8, 9))])[0]
        strength = float(bench.rng.uniform(0.3, 1.2))
        shine = glare((float(x), float(y)), 1.2 * bench.stage.pitch, strength)

        def lit(picture: Picture, shine: Callable[..., NDArray[np.float32]] = shine) -> Picture:
            bright = shine(picture.astype(np.float32) / np.float32(255))
            return np.asarray(np.clip(bright * 255, 0, 255), np.uint8)

        outcomes.append(bench.play(bench.shots(bench.men.values(), lit)))
    return _acts("lamps", outcomes)


def other_things(subject: Subject) -> list[Line]:
    """Pictures of other things: no board may be seen in them."""
    looker = Looker(locator=subject.locator, classifier=subject.classifier)
    each = max(3, subject.rounds // 2)
    refused = believed = 0
    for kind in KINDS:
        for number in range(each):
            reading = looker.look(Frame(foreign_picture(kind, number), 0, kind), asked=True)
            refused += reading.verdict == "no-board"
            believed += reading.verdict == "ok"
    count = each * len(KINDS)
    return [
        line_of("other things", "no board", refused / count, count),
        line_of("other things", "taken for a game", believed, count),
    ]


_MEASURES: Mapping[str, Callable[[Subject], list[Line]]] = {
    "white box": white_box,
    "tampered pictures": tampered_pictures,
    "transfer": transfer,
    "owned reader": owned_reader,
    "black box": black_box,
    "stickers": stickers,
    "lamps": lamps,
    "other things": other_things,
}
#: Name → what measures it; a card for a release has them all.
SECTIONS = {name: _MEASURES[name] for name in SECTION_NAMES}


def subject_of(locator: Locator, classifier: Classifier, rounds: int) -> Subject:
    """The program's own models, ready for inspection."""
    return Subject(locator, classifier, TorchTwin(MODELS / "pieces.onnx"), rounds)
