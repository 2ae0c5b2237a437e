"""Text files that a caller names: read, or refused with one sentence that names the file."""

from pathlib import Path

from tools.errors import BadInputError

__all__ = ["text_of"]


def text_of(path: Path) -> str:
    """The text of a UTF-8 file. Raises `BadInputError` where it is something else, OSError as `open` does."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8 text (byte {error.start})") from None
