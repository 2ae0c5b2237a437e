import json
import shutil

import numpy as np
import pytest

from vision.classify import Classifier
from vision.errors import ModelFileError
from vision.glyphs import GlyphReader
from vision.locate import Locator
from vision.model_files import MANIFEST, MODELS


@pytest.fixture
def models(tmp_path):
    return shutil.copytree(MODELS, tmp_path / "models")


@pytest.mark.parametrize(
    ("reader", "name"), [(Locator, "locator.onnx"), (Classifier, "pieces.onnx"), (GlyphReader, "glyphs.onnx")]
)
class TestModelFile:
    def test_is_loaded_from_any_folder_with_its_manifest(self, models, reader, name):
        listed = json.loads((models / MANIFEST).read_text())["models"][name]["sha256"]
        assert listed in reader(models / name).sha256.split("+")

    def test_is_refused_when_altered(self, models, reader, name):
        content = bytearray((models / name).read_bytes())
        content[len(content) // 2] ^= 1
        (models / name).write_bytes(content)
        with pytest.raises(ModelFileError, match=r"is not the one listed .*install it again"):
            reader(models / name)

    def test_is_refused_when_missing(self, models, reader, name):
        (models / name).unlink()
        with pytest.raises(ModelFileError, match="cannot be read"):
            reader(models / name)

    def test_is_refused_without_a_manifest(self, models, reader, name):
        (models / MANIFEST).unlink()
        with pytest.raises(ModelFileError, match="list of models"):
            reader(models / name)

    def test_is_refused_when_the_manifest_does_not_list_it(self, models, reader, name):
        (models / MANIFEST).write_text('{"models": {}}')
        with pytest.raises(ModelFileError, match="has no SHA-256"):
            reader(models / name)


def test_the_models_together_stay_small():
    assert sum(path.stat().st_size for path in MODELS.glob("*.onnx")) < 8_000_000


def test_a_picture_of_nothing_shows_no_board():
    assert Locator().locate(np.full((480, 640, 3), 90, np.uint8)) is None
