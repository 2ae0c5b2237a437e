"""The link's exceptions.

LinkError
├── PortError       a serial port is missing or busy
├── RefusedError    a controller runs other software or other limits
├── BundleError     the firmware for a board cannot be put together
├── ServiceError    a controller did not do what a service session asked for
└── LinkGoneError   the link process has ended
"""

from __future__ import annotations

__all__ = ["BundleError", "LinkError", "LinkGoneError", "PortError", "RefusedError", "ServiceError"]


class LinkError(RuntimeError):
    """Something between the host and its controllers; the message is one sentence for a person."""


class PortError(LinkError):
    """A serial port cannot be opened."""


class RefusedError(LinkError):
    """A controller was refused, or refused us, because the two do not fit together."""


class BundleError(LinkError):
    """The firmware for a board cannot be put together."""


class ServiceError(LinkError):
    """A controller did not answer, or refused, in a service session; nothing that runs was touched."""


class LinkGoneError(LinkError):
    """The link process is not there any more."""
