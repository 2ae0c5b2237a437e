"""Progress on standard error: a bar that is redrawn on a terminal, a line at every quarter elsewhere."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 28


class Bar:
    """Progress of one board; call it with what is done, bytes done and bytes in all."""

    def __init__(self, out: TextIO, title: str) -> None:
        self._out = out
        self._title = title
        self._live = out.isatty()
        self._shown = -1

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show how far it has come."""
        percent = 100 if total == 0 else min(100, done * 100 // total)
        if self._live:
            if percent != self._shown:
                full = percent * _WIDTH // 100
                bar = "#" * full + "." * (_WIDTH - full)
                self._out.write(f"\r{self._title} [{bar}] {percent:3d} % {what[:36]:36}")
                self._out.flush()
        elif percent // 25 != self._shown // 25:
            self._out.write(f"{self._title} {percent} % {what}\n")
        self._shown = percent

    def end(self) -> None:
        """Leave the line."""
        if self._live and self._shown >= 0:
            self._out.write("\n")
