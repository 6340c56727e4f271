import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc import errors
from fdc.errors import DataError, FdcError, did_you_mean

ERRORS = [each for name, each in vars(errors).items() if name.endswith("Error")]


@pytest.mark.parametrize("kind", ERRORS)
def test_one_except_clause_catches_them_all_and_each_says_when_it_is_raised(kind):
    assert issubclass(kind, FdcError)
    assert kind.__doc__


@pytest.mark.parametrize("hint", [None, "Give some."])
def test_an_error_reaches_another_process_whole(hint):
    told = pickle.loads(pickle.dumps(DataError("There is no photo.", hint)))
    assert type(told) is DataError
    assert (told.message, told.hint) == ("There is no photo.", hint)
    assert str(told) == ("There is no photo. Give some." if hint else "There is no photo.")


def test_the_nearest_name_is_asked_for_and_nothing_far():
    assert did_you_mean("gendre", ["age", "gender"]) == "Did you mean 'gender'? "
    assert did_you_mean("season", ["age", "gender"]) == ""


@given(st.text(), st.lists(st.text()))
def test_only_known_names_are_asked_for(word, known):
    asked = did_you_mean(word, known)
    assert asked == "" or asked in {f"Did you mean {name!r}? " for name in known}
