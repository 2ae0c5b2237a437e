"""The protocol page says what the message table says."""

from tools import cli
from tools.verb_protocol import BEGIN, END, render


def test_the_page_is_up_to_date():
    assert cli.main(["protocol", "--check"]) == 0


def test_a_page_out_of_date_is_found_and_mended(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert cli.main(["protocol", "--check", "--page", str(page)]) == 1
    assert cli.main(["protocol", "--page", str(page)]) == 0
    assert cli.main(["protocol", "--check", "--page", str(page)]) == 0
    assert page.read_text().startswith("before\n")
    assert render() in page.read_text()
    assert page.read_text().endswith("after\n")


def test_a_page_without_a_place_for_the_tables_is_bad_input(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    assert cli.main(["protocol", "--page", str(page)]) == 2
    assert "page.md" in capsys.readouterr().err
