"""The outcome of an explanation: a result, a refusal with a reason, or an error."""

import dis
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pyg_siamex._versions import qualified_name
from pyg_siamex.explain.check.explainer_check import EXPLAINS
from pyg_siamex.explain.explainer import NotFiniteError
from pyg_siamex.explain.explanation import PairExplanation

T = TypeVar("T")

_FOREIGN = ("torch", "torch_geometric", "captum", "numpy", "scipy")
_NAMED = ("torch_geometric.explain",)
_RAISE = dis.opmap["RAISE_VARARGS"]


class CheckError(AssertionError):
    """A check failed.

    Args:
        message: The observed and the expected result.
        check: Name of the check that it belongs to. Default: the running check.
    """

    def __init__(self, message: str, check: str | None = None) -> None:
        super().__init__(message)
        self.check = check


class NotApplicable(Exception):  # noqa: N818
    """A check does not apply to this explainer or this model."""


@dataclass(frozen=True)
class Refused:
    """The explainer refused to explain and gave a reason."""

    message: str


@dataclass(frozen=True)
class Failed:
    """The explainer failed in the named check."""

    message: str
    check: str = EXPLAINS


Outcome = PairExplanation | Refused | Failed


def attempt(explain: Callable[[], PairExplanation]) -> Outcome:
    """Run ``explain`` and catch what it raises."""
    try:
        return explain()
    except CheckError as error:
        return Failed(str(error), error.check or EXPLAINS)
    except NotFiniteError as error:
        return Failed(str(error), "finite")
    except Exception as error:
        return Refused(str(error)) if is_refusal(error) else Failed(described(error))


def is_refusal(error: BaseException) -> bool:
    """Whether an error is a ``ValueError`` written for the user.

    It must come from a ``raise`` statement outside of PyTorch and similar packages, whose errors
    describe tensors. Errors of PyG's explainers count, since they say what is not explained.
    """
    trace = error.__traceback__
    if not isinstance(error, ValueError) or trace is None or not str(error).strip():
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", ""))
    foreign = module.split(".")[0] in _FOREIGN and not module.startswith(_NAMED)
    return not foreign and trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE


def described(error: BaseException) -> str:
    """The error in one line, with the place where it was raised."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if str(trace.tb_frame.f_globals.get("__name__", "")).split(".")[0] not in _FOREIGN:
            place = f" (in {qualified_name(code)}, line {trace.tb_lineno} of {code.co_filename})"
        trace = trace.tb_next
    text = " ".join(str(error).split())
    return f"raised {type(error).__name__}: {text or 'without a message'}{place}"
