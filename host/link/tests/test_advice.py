import pytest

from host.link.advice import ADVICE, advice
from safety import reasons


@pytest.mark.parametrize("reason", sorted(reasons.TEXTS))
def test_every_reason_has_advice_that_says_what_to_do_and_blames_nobody(reason):
    what = ADVICE[reason]
    for sentence in what:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        for word in ("wrong button", "you should", "your fault", "mistake", "careless", "failed to"):
            assert word not in sentence.lower()


def test_no_advice_is_left_over():
    assert set(ADVICE) == set(reasons.TEXTS)


def test_an_unknown_reason_is_told_as_an_internal_fault():
    assert advice(255) == ADVICE[reasons.INTERNAL]
