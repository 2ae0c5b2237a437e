import json

import pytest

from tools.cli import main


def test_every_stopped_search_is_measured_beside_a_plain_answer(capsys):
    assert main(["stop", "--times", "10", "--json"]) in {0, 1}
    found = json.loads(capsys.readouterr().out)
    assert found["times"] == 10
    for name in ("stop_ms", "isready_ms", "processor_ms"):
        assert 0 < found[name]["p50"] <= found[name]["p99"] <= found[name]["max"]
    assert found["between_looks_ms"] > 0


@pytest.mark.parametrize("options", [["--times", "3"], ["--threads", "40"]])
def test_absurd_wishes_are_refused(options, capsys):
    assert main(["stop", *options]) == 2
    assert "outside" in capsys.readouterr().err
