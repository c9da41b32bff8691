"""Functions of the caller are named where they fail."""

import pytest

from pyg_siamex._called import CalledError, called, own_error


def test_results_are_returned():
    assert called("groups", divmod, 7, 2) == (3, 1)


@pytest.mark.parametrize("error", [ValueError("a\nb"), KeyError("x"), RuntimeError("y" * 10_000)])
def test_failures_name_the_argument(error):
    def fails():
        raise error

    with pytest.raises(ValueError, match=f"`groups` failed with {type(error).__name__}: ") as found:
        called("groups", fails)
    assert found.value.__cause__ is error
    assert len(str(found.value)) < 300 and "\n" not in str(found.value)


def test_interrupts_pass():
    def stopped():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        called("groups", stopped)


def test_the_error_itself_is_known():
    for error in (ValueError("a"), KeyError("x")):

        def fails(error=error):
            raise error

        with pytest.raises(CalledError) as found:
            called("groups", fails)
        assert own_error(found.value) is error
        assert own_error(error) is error
