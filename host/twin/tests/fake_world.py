"""A world without physics, for tests of the twin's process: joints follow the steps at once."""

import json
from pathlib import Path

import numpy as np


class FakeWorld:
    def __init__(self, start=(0, 0, 0), usteps_per_rad=(10186, 8149), encoder_zero=(2048, 2048)):
        self.steps = list(start)
        self._usteps_per_rad, self._encoder_zero = usteps_per_rad, encoder_zero
        self.power = self.full_current = False
        self.magnet = 0
        self.now_us = 0
        self.last_edge_us = 0.0

    def push_edges(self, axis, times_us, directions):
        assert (np.diff(times_us) > 0).all()
        assert times_us[0] > self.last_edge_us - 2000
        if self.power:
            self.steps[axis] += sum(directions)
        self.last_edge_us = times_us[-1]

    def advance(self, until_us):
        self.now_us = until_us

    def set_motor_power(self, on):
        self.power = on

    def set_run_current(self, full):
        self.full_current = full

    def set_magnet(self, permille):
        self.magnet = permille

    def inputs(self):
        return 0

    def encoder_counts(self):
        return tuple(
            round(zero + steps / per_rad * 4096 / (2 * np.pi)) % 4096
            for steps, per_rad, zero in zip(
                self.steps, self._usteps_per_rad, self._encoder_zero, strict=False
            )
        )

    def glance(self):
        return np.full((180, 320, 3), self.now_us // 1000 % 256, np.uint8)

    def render(self):
        return np.full((720, 1280, 3), self.now_us // 1000 % 256, np.uint8)

    def save(self, path):
        Path(path).write_text(json.dumps(self.steps))

    def restore(self, path):
        self.steps = json.loads(Path(path).read_text())

    def restart(self):
        self.now_us = 0

    def is_quiet(self):
        return True

    def truth(self):
        return {"steps": self.steps, "power": self.power, "magnet": self.magnet}
