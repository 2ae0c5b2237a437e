"""Runs the grid: every cell's pictures through the reader, one line each, so that a run can be gone on
with.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tools.errors import BadInputError
from tools.evaluate_vision.bounds import wilson
from tools.evaluate_vision.scenarios import Sample, Scenario
from tools.text_files import text_of
from vision.classify import Classifier
from vision.errors import NewSetError
from vision.geometry import homography_from_corners
from vision.locate import Locator
from vision.look import Looker
from vision.new_set import AdaptedReader, learn_set
from vision.reading import LABELS, Frame, Reading

__all__ = ["Grid", "Score", "cell_figures", "confusion", "sample_of"]

_SEED = 20
_FOUND_CELLS = 0.25


@dataclass(frozen=True)
class Score:
    """What the reader made of one picture. `truth` and `read` have 90 labels, "_" where nothing is scored."""

    cell: str
    number: int
    verdict: str
    reason: str | None
    named: bool
    found: bool
    truth: str
    read: str
    ms: float

    @property
    def errors(self) -> int:
        """Points read as something else, not counting those said to be unknown."""
        return sum(a != b and b not in "?_" for a, b in zip(self.truth, self.read, strict=True))

    @property
    def unknown(self) -> int:
        """Points said to be unknown that could be told."""
        return sum(a != "_" and b == "?" for a, b in zip(self.truth, self.read, strict=True))

    @property
    def silent(self) -> bool:
        """A wrong board under the verdict ok."""
        return self.verdict == "ok" and self.errors > 0

    @property
    def failed(self) -> bool:
        """Whether the picture belongs on the contact sheet."""
        return self.errors > 0 or not self.found or not self.named


def sample_of(scenario: Scenario, number: int) -> Sample:
    """Picture `number` of a cell; always the same."""
    cell = [ord(letter) for letter in scenario.pictures_of or scenario.name]
    return scenario.make(np.random.default_rng([_SEED, number, *cell]), number)


class Grid:
    """The reader on its grid; `path` holds a line a picture."""

    def __init__(self, path: Path, locator: Locator, classifier: Classifier) -> None:
        self._path = path
        self._locator = locator
        self._classifier = classifier
        self._models = f"{locator.sha256}+{classifier.sha256}"
        self.scores: dict[tuple[str, int], Score] = {}
        self._load()

    def run(self, cells: Iterable[Scenario], count: int, report: Callable[[str], None]) -> None:
        """Read what is missing of `count` pictures of each cell."""
        for scenario in cells:
            for number in range(count):
                if (scenario.name, number) in self.scores:
                    continue
                score = self.score(scenario, number, self.read(sample := sample_of(scenario, number)), sample)
                self.scores[scenario.name, number] = score
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"models": self._models, **asdict(score)}) + "\n")
            part = self.of(scenario.name, count)
            report(f"{scenario.name}: {sum(not score.failed for score in part)} of {len(part)} without fault")

    def of(self, cell: str, count: int) -> list[Score]:
        """The scores of a cell, by number."""
        return [self.scores[cell, number] for number in range(count) if (cell, number) in self.scores]

    def read(self, sample: Sample) -> Reading:
        """Read one sample as `qiyou look` does, or where the camera stands still as a game does."""
        frame = Frame(sample.image, 0, "composed")
        reader: Classifier | AdaptedReader = self._classifier
        if sample.opening is not None:
            try:
                known = learn_set(sample.opening, homography_from_corners(sample.corners), self._classifier)
                reader = AdaptedReader(self._classifier, known)
            except NewSetError:
                pass  # a person would be asked to set the pieces up again; the reader stays as it was
        looker = Looker(
            corners=sample.fixed,
            watch_for_moves=sample.fixed is not None,
            locator=self._locator,
            classifier=reader,
        )
        return looker.look(frame, asked=sample.fixed is None)

    def score(self, scenario: Scenario, number: int, reading: Reading, sample: Sample) -> Score:
        """Compare a reading with the truth."""
        # What stands on a board seen wrongly is not to be told; only ok would be a claim to have told it.
        doubted = scenario.name in {"camera bump", "mirrored"} and reading.verdict != "ok"
        found = doubted or _is_found(reading, sample)
        truth = "".join(
            "_" if doubted or point in sample.masked else label for point, label in enumerate(sample.labels)
        )
        read = "".join(_scored(*pair, found=found) for pair in zip(truth, reading.labels, strict=True))
        ms = sum(value for stage, value in reading.ms.items() if stage in {"locate", "classify", "decode"})
        return Score(
            scenario.name,
            number,
            reading.verdict,
            reading.reason,
            scenario.is_named(reading),
            found,
            truth,
            read,
            round(ms, 1),
        )

    def _load(self) -> None:
        if not self._path.exists():
            return
        text = text_of(self._path)
        whole = text[: text.rfind("\n") + 1]
        if whole != text:  # a stop cut the last line short
            self._path.write_text(whole, encoding="utf-8")
        for line, content in enumerate(whole.splitlines(), start=1):
            try:
                entry = json.loads(content)
                models = entry.pop("models")
                score = Score(**entry)
            except (ValueError, KeyError, TypeError) as error:
                raise BadInputError(f"{self._path}, line {line} is not a score ({error})") from error
            if models != self._models:
                raise BadInputError(f"{self._path}, line {line}: other models; name another --out")
            self.scores[score.cell, score.number] = score


def _scored(truth: str, told: str, *, found: bool) -> str:
    """What a point counts as. On a board that was not found nothing is right, but what is wrong stays wrong:
    it may have been read from the other end, and surely.
    """
    if truth == "_":
        return "_"
    return told if found or told != truth else "?"


def _is_found(reading: Reading, sample: Sample) -> bool:
    if reading.corners is None:
        return False
    cell = float(np.linalg.norm(sample.corners[1] - sample.corners[0])) / 8
    away = np.linalg.norm(np.array(reading.corners) - sample.corners, axis=1).max()
    return float(away) <= _FOUND_CELLS * cell


def cell_figures(scores: Sequence[Score]) -> dict[str, object]:
    """The figures of one cell; shares with their 95 % interval as [share, from, to]."""
    pairs = [pair for score in scores for pair in zip(score.truth, score.read, strict=True) if pair[0] != "_"]
    right = sum(a == b for a, b in pairs)
    men = [(a, b) for a, b in pairs if a != "."]
    told = [(a, b) for a, b in pairs if b not in ".?"]
    both = sum(a == b for a, b in men)
    boards = len(scores)
    faults = [score.errors + score.unknown if score.found else 90 for score in scores]
    return {
        "count": boards,
        "found": _share(sum(score.found for score in scores), boards),
        "points": _share(right, len(pairs)),
        "recall": _share(both, len(men)),
        "precision": _share(sum(a == b for a, b in told), len(told)),
        "whole": _share(sum(fault == 0 for fault in faults), boards),
        "at_most_one": _share(sum(fault <= 1 for fault in faults), boards),
        "unknown": _share(sum(b == "?" for _, b in pairs), len(pairs)),
        "named": _share(sum(score.named for score in scores), boards),
        "silent_wrong": sum(score.silent for score in scores),
        "ms": float(np.median([score.ms for score in scores])) if scores else 0.0,
    }


def _share(hits: int, count: int) -> list[float] | None:
    """None where nothing was counted: a cell whose board is not to be read has no points."""
    return [hits / count, *wilson(hits, count)] if count else None


def confusion(scores: Iterable[Score]) -> Mapping[str, Mapping[str, int]]:
    """How often each true label was read as each other one; labels as in `vision.reading.LABELS`."""
    table = {truth: dict.fromkeys(LABELS, 0) for truth in LABELS[:-1]}
    for score in scores:
        for truth, read in zip(score.truth, score.read, strict=True):
            if truth != "_":
                table[truth][read] += 1
    return table
