"""The robot measures itself through the link: real firmware, judged by the safety layer, physics behind it."""

import math

import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import PRESS_US, Bench
from host.arm.frames import Point, square_seat
from host.arm.joints import Joints
from host.arm.kinematics import inverse_seat
from host.arm.moves import lower, swing, travel_usteps
from host.calibrate.errors import MeasurementError
from host.calibrate.link_rig import PRESS_GO, LinkRig
from host.calibrate.result import STEPS, Calibration
from host.calibrate.steps import PLACEMENT, Calibrator
from host.game.watch import SafetyWatch
from safety import reasons, states
from vision.look import Looker
from vision.reading import Frame

SEED = 7
