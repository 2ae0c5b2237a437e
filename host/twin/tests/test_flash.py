import json

from firmware import manifest
from host.twin.flash import write_flash


def test_a_flash_holds_what_the_manifest_names_and_the_two_settings(tmp_path):
    write_flash(tmp_path / "flash", "hand", {"limits": {"link1_mm": 320}})
    files = {
        path.relative_to(tmp_path / "flash").as_posix()
        for path in (tmp_path / "flash").rglob("*")
        if path.is_file()
    }
    assert files == {target for _, target in manifest.files()} | {"limits.json", "role.json"}
    for source, target in manifest.files():
        assert (tmp_path / "flash" / target).read_bytes() == source.read_bytes()
    assert json.loads((tmp_path / "flash" / "role.json").read_text()) == {"role": "hand"}
    assert json.loads((tmp_path / "flash" / "limits.json").read_text()) == {"link1_mm": 320}
