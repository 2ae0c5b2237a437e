import hashlib
import json

from firmware import manifest
from host.link import bundle
from host.twin.flash import write_flash


def test_a_flash_holds_the_boot_layer_the_role_and_one_whole_slot(tmp_path):
    flash = tmp_path / "flash"
    write_flash(flash, "hand", {"limits": {"link1_mm": 320}})
    files = {path.relative_to(flash).as_posix() for path in flash.rglob("*") if path.is_file()}
    firmware = bundle.build(bundle.VIRTUAL, {"link1_mm": 320})
    root = {target for _, target in manifest.boot_files()} | {"role.json"}
    assert files == root | {f"a/{name}" for name, _ in firmware.in_order()}
    assert json.loads((flash / "role.json").read_text()) == {"role": "hand"}
    assert json.loads((flash / "a" / "limits.json").read_text()) == {"link1_mm": 320}


def test_every_line_of_the_manifest_is_true(tmp_path):
    write_flash(tmp_path, "arm", {"limits": {}})
    head, *lines = (tmp_path / "a" / "manifest").read_text().splitlines()
    assert head.split()[0] == "qiyou"
    for line in lines:
        sha, size, path = line.split()
        data = (tmp_path / "a" / path).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (sha, int(size))
