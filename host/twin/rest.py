"""A world's state on disk: MuJoCo's state vector and a JSON record, sealed by a digest."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from host.twin.errors import RestStateError

__all__ = ["read", "write"]

_VERSION = 1
_MAX_BYTES = 4_000_000


def write(path: Path, signature: str, physics: NDArray[np.float64], record: dict[str, Any]) -> None:
    """Write state vector (n,) and JSON-able record; the file appears whole or not at all.

    `signature` says which world the state belongs to; `read` asks for the same.
    """
    words = json.dumps({"version": _VERSION, "signature": signature, "record": record}).encode()
    packed = io.BytesIO()
    np.savez(
        packed,
        physics=physics,
        words=np.frombuffer(words, dtype=np.uint8),
        digest=np.frombuffer(_digest(physics, words), dtype=np.uint8),
    )
    fresh = path.with_name(path.name + ".part")
    fresh.write_bytes(packed.getvalue())
    os.replace(fresh, path)


def read(path: Path, signature: str, size: int) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Return the state vector (size,) and the record. Raises `RestStateError`, `OSError` without a file."""
    if path.stat().st_size > _MAX_BYTES:
        raise RestStateError(f"{path}: too long for a rest state; one that this twin saved is needed")
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as parts:
            physics, words, digest = parts["physics"], parts["words"].tobytes(), parts["digest"].tobytes()
        table = json.loads(words)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise RestStateError(f"{path}: not a rest state; one that this twin saved is needed") from error
    if digest != _digest(physics, words):
        raise RestStateError(f"{path}: a damaged rest state; one that this twin saved is needed")
    if table["version"] != _VERSION:
        raise RestStateError(f"{path}: a rest state of another version; version {_VERSION} is needed")
    if table["signature"] != signature or physics.shape != (size,):
        message = "saved by another world; the same robot, noise, seed and colour are needed"
        raise RestStateError(f"{path}: {message}")
    return physics, table["record"]


def _digest(physics: NDArray[np.float64], words: bytes) -> bytes:
    return hashlib.sha256(physics.tobytes() + words).digest()
