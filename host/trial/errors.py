"""Errors of the trial bench.

    TrialError
    ├── BenchError    the arm on the bench was asked for what cannot be done
    └── SeriesError   a folder of results cannot be used
"""

from __future__ import annotations

__all__ = ["BenchError", "SeriesError", "TrialError"]


class TrialError(Exception):
    """Something about a trial is not what it must be."""


class SeriesError(TrialError):
    """A folder of results is not that of this series."""


class BenchError(TrialError):
    """The arm on the bench is not where a motion begins, or did not find its place."""
