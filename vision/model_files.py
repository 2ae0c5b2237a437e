"""The learned models on disk: found beside this module, checked by hash before anything runs."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.errors import ModelFileError

__all__ = ["MANIFEST", "MODELS", "Model", "listed_hashes", "load_model"]

#: The folder of the models that come with the program.
MODELS = Path(__file__).resolve().parent / "models"
#: Name of the file that lists the models of a folder with their hashes.
MANIFEST = "manifest.json"

_LARGEST_BYTES = 32_000_000


@dataclass(frozen=True)
class Model:
    """A loaded net: `sha256` of its file (hexadecimal) and the session that runs it."""

    sha256: str
    session: onnxruntime.InferenceSession

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the net's only input to its only output."""
        name = self.session.get_inputs()[0].name
        return np.asarray(self.session.run(None, {name: batch})[0], dtype=np.float32)


def load_model(path: Path, threads: int) -> Model:
    """Load the model file `path` if it is the one that `manifest.json` beside it describes.

    `threads` is how many threads one run may use. Raises `ModelFileError` with one sentence when the file
    is missing, is not listed, has another hash than listed, or cannot be run.
    """
    expected = _listed_hash(path)
    try:
        content = path.read_bytes() if path.stat().st_size <= _LARGEST_BYTES else b""
    except OSError as error:
        raise ModelFileError(
            f"the model file {path} cannot be read ({error.strerror}); install it again"
        ) from error
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise ModelFileError(
            f"the model file {path} is not the one listed in {MANIFEST} "
            f"(SHA-256 {actual[:12]}, listed {expected[:12]}); install it again"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads must sleep: the same two cores plan motion.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelFileError(f"the model file {path} cannot be run by onnxruntime ({error})") from error
    return Model(actual, session)


def listed_hashes(folder: Path = MODELS) -> dict[str, str]:
    """SHA-256 (hexadecimal) by file name of all models that the manifest of `folder` lists."""
    table = _manifest(folder / MANIFEST)
    return {name: _listed_hash(folder / name) for name in sorted(table)}


def _listed_hash(path: Path) -> str:
    manifest = path.parent / MANIFEST
    try:
        return str(_manifest(manifest)[path.name]["sha256"])
    except (KeyError, TypeError) as error:
        raise ModelFileError(f"the list of models {manifest} has no SHA-256 for {path.name}") from error


def _manifest(path: Path) -> dict[str, dict[str, object]]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["models"]
    except OSError as error:
        raise ModelFileError(f"the list of models {path} cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"the list of models {path} has no SHA-256 of any model") from error
    return dict(table) if isinstance(table, dict) else {}
