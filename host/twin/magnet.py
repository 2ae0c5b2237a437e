"""The electromagnet on the nose: pulls the steel inlay of the nearest piece, a little even when off."""

from __future__ import annotations

import math
from collections.abc import Sequence

import mujoco
import numpy as np

from host.twin.model import Handles
from host.twin.noise import MagnetNoise, bounded_normal
from host.twin.pieces import Piece

__all__ = ["HOLD_N", "RESIDUAL_N", "Magnet"]

HOLD_N = 2.5
"""Pull on a piece at the face with full drive: 15 times the weight of a piece."""
RESIDUAL_N = 0.035
"""Pull that remains when off, through the 0.4 mm non-magnetic face: under half of 12 g."""

# Flux falls to a quarter of the pull when the gap equals this, as small pot magnets do.
_GAP_M = 0.0006
_TIME_CONSTANT_S = 0.008
_FACE_RADIUS_M = 0.008
_REACH_M = 0.006
# Higher than one piece standing on another there is nothing to pull.
_TALLEST_M = 0.026
_GRAVITY = 9.81


class Magnet:
    """Flux follows the drive with the coil's time constant; iron remembers the last strong direction."""

    def __init__(
        self,
        model: mujoco.MjModel,
        data: mujoco.MjData,
        at: Handles,
        pieces: Sequence[Piece],
        noise: MagnetNoise,
        rng: np.random.Generator,
    ) -> None:
        self.holding: int | None = None
        """The piece that hangs on the face, by its number."""
        self._model = model
        self._data = data
        self._at = at
        self._pieces = pieces
        self._noise = noise
        self._rng = rng
        self._drive = 0.0
        self._flux = 0.0
        self._remanence = 0.0
        self._pulled: int | None = None
        self._slip_due: int | None = None
        self._radii = np.array([piece.diameter_m / 2 for piece in pieces])
        self._halves = np.array([piece.height_m / 2 for piece in pieces])

    def drive(self, permille: int) -> None:
        """Set the H-bridge."""
        self._drive = max(-1.0, min(1.0, permille / 1000.0))
        if abs(self._drive) > 0.3:
            self._remanence = math.copysign(math.sqrt(RESIDUAL_N / HOLD_N), self._drive)

    def pull(self, step_s: float) -> None:
        """Apply the forces of one physics step."""
        self._flux += (self._drive - self._flux) * (step_s / _TIME_CONSTANT_S)
        data = self._data
        face = data.site_xpos[self._at.nose_site]
        if self._pulled is not None:
            self._clear(self._pulled)
        if face[2] > _TALLEST_M and self.holding is None:
            return
        index, gap, overlap = self._nearest(face)
        was = self.holding
        self.holding = None
        if index is not None:
            field = max(-1.0, min(1.0, self._flux + self._remanence))
            strength = HOLD_N * field * field * self._pieces[index].pull
            force = strength * overlap / (1.0 + max(0.0, gap) / _GAP_M) ** 2
            self._apply(index, face, force)
            if gap < 0.0005 and force > self._pieces[index].mass_kg * _GRAVITY:
                self.holding = index
        if was is not None and self.holding is None:
            self._slip_due = was
        self._slip(face)

    def _nearest(self, face: np.ndarray) -> tuple[int | None, float, float]:
        """The piece under the face: its number, the gap to its top (m), the share of the face it covers."""
        places = self._data.xpos[self._at.piece_body]
        gaps = face[2] - places[:, 2] - self._halves
        aside = np.hypot(places[:, 0] - face[0], places[:, 1] - face[1])
        near = (np.abs(gaps) < _REACH_M) & (aside < self._radii)
        if not near.any():
            return None, 0.0, 0.0
        index = int(np.argmin(np.where(near, aside, np.inf)))
        spare = (self._radii[index] - aside[index]) / _FACE_RADIUS_M
        return index, float(gaps[index]), min(1.0, max(0.0, float(spare)))

    def _apply(self, index: int, face: np.ndarray, force: float) -> None:
        data = self._data
        body = int(self._at.piece_body[index])
        offset = face - data.xipos[body]
        # Straight up at the face's centre; the nose feels the same downwards.
        data.xfrc_applied[body] = (0.0, 0.0, force, offset[1] * force, -offset[0] * force, 0.0)
        data.xfrc_applied[self._at.nose_body, 2] = -force
        self._pulled = index

    def _clear(self, index: int) -> None:
        self._data.xfrc_applied[self._at.piece_body[index]] = 0.0
        self._data.xfrc_applied[self._at.nose_body] = 0.0
        self._pulled = None

    def _slip(self, face: np.ndarray) -> None:
        """As the face leaves a released piece it kicks it a little sideways."""
        index = self._slip_due
        if index is None or self.holding is not None:
            self._slip_due = None if self.holding is not None else index
            return
        height = float(self._data.xpos[self._at.piece_body[index], 2]) + self._halves[index]
        if face[2] - height < 0.0003:
            return
        self._slip_due = None
        way = (
            bounded_normal(self._rng, self._noise.release_slip_sigma_mm, self._noise.release_slip_max_mm)
            * 1e-3
        )
        speed = math.sqrt(2.0 * self._pieces[index].friction * _GRAVITY * abs(way))
        heading = float(self._rng.uniform(0.0, math.tau))
        dof = int(self._at.piece_dof[index])
        self._data.qvel[dof] += speed * math.cos(heading)
        self._data.qvel[dof + 1] += speed * math.sin(heading)

    def state(self) -> dict[str, float | int | None]:
        """What `set_state` needs."""
        return {
            "drive": self._drive,
            "flux": self._flux,
            "remanence": self._remanence,
            "holding": self.holding,
            "pulled": self._pulled,
            "slip_due": self._slip_due,
        }

    def set_state(self, state: dict[str, float | int | None]) -> None:
        """Return to a state given by `state`."""
        self._drive, self._flux = float(state["drive"] or 0.0), float(state["flux"] or 0.0)
        self._remanence = float(state["remanence"] or 0.0)
        self.holding, self._pulled, self._slip_due = (
            None if state[key] is None else int(state[key] or 0) for key in ("holding", "pulled", "slip_due")
        )
