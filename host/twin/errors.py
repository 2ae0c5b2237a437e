"""Errors of the twin.

TwinError
├── NoiseFileError   noise.toml does not say what it must; names the file and the line
├── PlacementError   pieces cannot be set up, or a piece or square asked for does not exist
├── RendererError    no way to draw the camera picture on this machine
└── RestStateError   a saved rest state cannot be used with this world
"""

__all__ = ["NoiseFileError", "PlacementError", "RendererError", "RestStateError", "TwinError"]


class TwinError(ValueError):
    """Root of the errors raised by the twin; the message is one sentence that says what would be right."""


class NoiseFileError(TwinError):
    """A noise file has an unknown key, a missing key or a number outside its bounds."""


class PlacementError(TwinError):
    """A placement field, a piece or a square is not one the twin can set up."""


class RendererError(TwinError):
    """Neither EGL nor OSMesa gives an off-screen picture."""


class RestStateError(TwinError):
    """A file of rest state is damaged, or belongs to another model."""
