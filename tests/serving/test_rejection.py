"""Every rule by which a request is not taken."""

import http

import pytest

from fdc.locale import localized
from fdc.serving.rejection import STATUS, Rejected


@pytest.mark.parametrize("rule", STATUS)
def test_a_rule_answers_a_status_of_an_error_and_says_what_to_do(rule):
    rejected = Rejected(rule, "a reason", 3)

    assert 400 <= http.HTTPStatus(rejected.status) < 600
    assert (rejected.refusal.rule, rejected.refusal.reason) == (rule, "a reason")
    assert rejected.refusal.message == localized(f"refusal.{rule}")
    assert rejected.retry_after == 3


def test_an_unknown_rule_is_a_mistake_of_the_programmer():
    with pytest.raises(KeyError):
        Rejected("no such rule", "a reason")
