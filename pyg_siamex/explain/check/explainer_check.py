"""The results of the checks of an explainer, row by row."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

_Status = Literal["ok", "refused", "failed", "not applicable"]

EXPLAINS = "explains"
"""Name of the first check: whether a kind of mask is supported."""


@dataclass(frozen=True)
class CheckRow:
    """One check of one kind of mask.

    Attributes:
        check: Name of the check, see :data:`~pyg_siamex.explain.check.CHECKS`.
        masks: Kind of mask, see :data:`~pyg_siamex.explain.check.MASK_KINDS`.
        status: ``"ok"``, ``"refused"`` (a ``ValueError`` that says why), ``"failed"`` or
            ``"not applicable"``.
        message: The observed and the expected result; empty for ``"ok"``.
    """

    check: str
    masks: str
    status: _Status
    message: str = ""


@dataclass(frozen=True)
class ExplainerCheck:
    """All rows of one explainer. Its text lists the rows that did not pass.

    Attributes:
        algorithm: Name of the explainer.
        rows: One row for each check and kind of mask.
    """

    algorithm: str
    rows: tuple[CheckRow, ...]

    @property
    def status(self) -> Literal["ok", "refused", "failed"]:
        """``"failed"`` if any check failed, ``"refused"`` if no kind of mask was explained."""
        if self.failures:
            return "failed"
        explained = any(row.check == EXPLAINS and row.status == "ok" for row in self.rows)
        return "ok" if explained else "refused"

    @property
    def ok(self) -> bool:
        """Whether nothing failed and at least one kind of mask was explained."""
        return self.status == "ok"

    @property
    def failures(self) -> list[CheckRow]:
        """Rows that failed."""
        return self.of("failed")

    def of(self, status: _Status) -> list[CheckRow]:
        """Rows of one status."""
        return [row for row in self.rows if row.status == status]

    def to_frame(self) -> "pd.DataFrame":
        """The rows as a table with the columns check, masks, status and message."""
        import pandas as pd

        columns = list(CheckRow.__dataclass_fields__)
        return pd.DataFrame([asdict(row) for row in self.rows], columns=columns)

    def __str__(self) -> str:
        """Number of rows that passed, then a line for every other result, failures first."""
        lines = [f"{self.algorithm}: {self.status}, {len(self.of('ok'))} checks passed"]
        others: tuple[_Status, ...] = ("failed", "refused", "not applicable")
        for status in others:
            alike: dict[tuple[str, str], list[str]] = {}
            for row in self.of(status):
                alike.setdefault((row.check, row.message), []).append(row.masks)
            for (check, message), masks in alike.items():
                lines.append(f"  {status}: {check} [{', '.join(masks)}]: {message}")
        return "\n".join(lines)
