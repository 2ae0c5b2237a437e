"""Errors of the calibration.

    CalibrationError
    ├── CalibrationFileError   the result file is not what it must be
    └── MeasurementError       a measurement is too bad to be kept
"""

from __future__ import annotations

__all__ = ["CalibrationError", "CalibrationFileError", "MeasurementError"]


class CalibrationError(Exception):
    """Root of the errors raised while calibrating."""


class CalibrationFileError(CalibrationError):
    """The result file cannot be read as one; the message names the file and what would be right."""


class MeasurementError(CalibrationError):
    """What was measured is too bad to be kept; the message says what to look after."""
