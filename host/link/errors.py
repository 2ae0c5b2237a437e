"""The link's exceptions.

LinkError
├── PortError       a serial port is missing or busy
├── RefusedError    a controller runs other software or other limits
└── LinkGoneError   the link process has ended
"""

from __future__ import annotations

__all__ = ["LinkError", "LinkGoneError", "PortError", "RefusedError"]


class LinkError(RuntimeError):
    """Something between the host and its controllers; the message is one sentence for a person."""


class PortError(LinkError):
    """A serial port cannot be opened."""


class RefusedError(LinkError):
    """A controller was refused, or refused us, because the two do not fit together."""


class LinkGoneError(LinkError):
    """The link process is not there any more."""
