"""Errors of the command line.

    ToolError
    └── BadInputError   what the caller gave cannot be used; exit code 2
"""

__all__ = ["BadInputError", "ToolError"]


class ToolError(Exception):
    """Root of the errors raised by the `qiyou` program itself."""


class BadInputError(ToolError):
    """What the caller gave cannot be used; the message is one sentence that says what would be right."""
