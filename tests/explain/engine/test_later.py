import copy
import pickle

import pytest

from pyg_siamex.explain.engine.later import Later, Results, results


class Counted:
    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return 7


def test_a_value_is_computed_at_the_first_call_and_kept():
    count = Counted()
    later = Later(count)
    assert repr(later) == "<computed when read>" and count.calls == 0
    assert later() == later() == copy.copy(later)() == copy.deepcopy(later)() == 7
    assert repr(later) == "7" and count.calls == 1


def test_a_failure_is_not_kept():
    calls = []

    def fail_once():
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("not yet")
        return 3

    later = Later(fail_once)
    with pytest.raises(ValueError, match="not yet"):
        later()
    assert later() == 3


@pytest.mark.parametrize(
    "read",
    [
        lambda r: r["late"],
        lambda r: r.get("late"),
        lambda r: r.copy().pop("late"),
        lambda r: dict(r.items())["late"],
        lambda r: list(r.values())[1],
        lambda r: {**r}["late"],
        lambda r: dict(r)["late"],
        lambda r: pickle.loads(pickle.dumps(r))["late"],
        lambda r: copy.copy(r)["late"],
        lambda r: copy.deepcopy(r)["late"],
        lambda r: r.plain()["late"],
        lambda r: (r | {"more": 1})["late"],
        lambda r: ({"more": 1} | r)["late"],
        lambda r: 7 * (r == {"now": 1, "late": 7}),
        lambda r: 7 * (r == {"now": 1, "late": 7}),
    ],
)
def test_every_way_of_reading_gives_the_value(read):
    count = Counted()
    assert read(Results({"now": 1, "late": Later(count)})) == 7
    assert count.calls == 1


def test_reading_one_result_computes_no_other():
    count = Counted()
    found = Results({"now": 1, "late": Later(count)})
    copies = found.copy(), copy.deepcopy(found)
    assert found["now"] == found.get("now") == 1 and found.get("none") is None
    assert "late" in found and len(found) == 2 and list(found) == ["now", "late"]
    del copies[0]["late"]
    found["now"] = 2
    assert count.calls == 0 and found["now"] == 2
    with pytest.raises(KeyError):
        found["none"]


def test_plain_results_stay_a_plain_dict():
    values = {"now": 1}
    assert results(values) is values
    assert type(results({"late": Later(Counted())})) is Results
