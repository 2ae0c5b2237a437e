"""The wiring that people solder is the wiring that the firmware uses, and a Pico can do it."""

import xml.etree.ElementTree as ElementTree

import pytest

from firmware.board import pins
from tools import verb_wiring
from tools.cli import main
from tools.wiring import drawing
from tools.wiring.pinout import GROUNDS, HEADER, ROLES, header_pin, wires


def test_the_documents_are_up_to_date():
    assert main(["wiring", "--check"]) == 0


@pytest.mark.parametrize("role", ROLES)
def test_no_pin_has_two_wires_and_each_is_on_the_header(role):
    gpios = [wire.gpio for wire in wires(role)]
    assert len(set(gpios)) == len(gpios)
    assert all(gpio in HEADER for gpio in gpios)


def test_the_header_has_forty_pins_of_which_eight_are_ground():
    assert len(set(HEADER.values())) == len(HEADER) == 26
    assert not set(HEADER.values()) & set(GROUNDS)
    assert set(HEADER.values()) | set(GROUNDS) | {30, 35, 36, 37, 39, 40} == set(range(1, 41))


def numbers(value):
    if isinstance(value, int):
        return {value}
    return set().union(*(numbers(item) for item in value))


def test_every_pin_of_the_firmware_is_in_a_table():
    named = {name: value for name, value in vars(pins).items() if name.isupper()}
    del named["RING_LEDS"]
    encoders = numbers([pair[1:] for pair in named.pop("ENCODERS")])
    used = encoders | numbers(list(named.values()))
    assert used == {wire.gpio for role in ROLES for wire in wires(role)}


def test_each_encoder_is_on_pins_that_its_bus_can_have():
    # RP2040: I2C0 has its data line on GPIO 0, 4, 8 ..., I2C1 on 2, 6, 10 ...; the clock is the pin after it.
    for bus, data, clock in pins.ENCODERS:
        assert data % 4 == 2 * bus
        assert clock == data + 1


def test_step_pins_of_an_axis_stand_together_and_after_their_direction():
    for direction, step in pins.AXES:
        assert step == direction + 1


@pytest.mark.parametrize("picture", [drawing.board("arm"), drawing.board("hand"), drawing.power()])
def test_a_drawing_is_whole_xml_and_nothing_leaves_the_sheet(picture):
    root = ElementTree.fromstring(picture)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root.iter("{http://www.w3.org/2000/svg}rect"):
        right = float(element.get("x", 0)) + float(element.attrib["width"])
        bottom = float(element.get("y", 0)) + float(element.attrib["height"])
        assert right <= width
        assert bottom <= height


@pytest.mark.parametrize("role", ROLES)
def test_a_drawing_names_every_signal(role):
    texts = set(ElementTree.fromstring(drawing.board(role)).itertext())
    for wire in wires(role):
        assert wire.signal in texts
        assert f"{header_pin(wire.gpio)}  GP{wire.gpio}" in texts


def test_a_stale_page_is_found_and_mended(tmp_path, capsys):
    (tmp_path / "hardware.md").write_text(f"before\n{verb_wiring.BEGIN}\nold\n{verb_wiring.END}\nafter\n")
    assert main(["wiring", "--check", "--docs", str(tmp_path)]) == 1
    assert main(["wiring", "--docs", str(tmp_path)]) == 0
    assert main(["wiring", "--check", "--docs", str(tmp_path)]) == 0
    text = (tmp_path / "hardware.md").read_text()
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "GP13" in text


def test_a_folder_without_the_page_is_bad_input(tmp_path, capsys):
    assert main(["wiring", "--docs", str(tmp_path)]) == 2
    assert "hardware.md" in capsys.readouterr().err
