"""The interpretation in ``README.md``: its sections, and whether its numbers still hold."""

import re
from dataclasses import dataclass

import pandas as pd

HEAD = ("case", "method", "number", "side", "seed", "value", "tolerance")
NUMBERS = ("quality", "fact", "number")


@dataclass(frozen=True)
class Claim:
    """A number that the interpretation rests on.

    Attributes:
        case: Name of the case.
        method: Name of the method, or empty for numbers of the model and the pair.
        number: Name of the number; or ``atom K``, for its importance in the picture.
        side: ``"query"``, ``"reference"`` or empty.
        seed: A seed, or ``"all"`` for the mean over all.
        value: What the interpretation takes it to be.
        tolerance: By how much it may differ.
    """

    case: str
    method: str
    number: str
    side: str
    seed: str
    value: float
    tolerance: float

    def found(self, rows: pd.DataFrame) -> float:
        """The number in the result rows; ``nan`` where it is not there."""
        same = rows["case"].eq(self.case)
        same &= rows["method"].fillna("").eq(self.method) & rows["side"].fillna("").eq(self.side)
        if self.seed != "all":
            same &= rows["seed"].astype(str).eq(self.seed)
        if atom := re.fullmatch(r"atom (\d+)", self.number):
            same &= rows["kind"].eq("atom") & rows["i"].eq(int(atom[1]))
        else:
            same &= rows["kind"].isin(NUMBERS) & rows["name"].eq(self.number)
        return float(rows.loc[same, "value"].mean())


def claims(text: str) -> list[Claim]:
    """The rows of all tables of the interpretation that have the columns of a claim.

    Raises:
        ValueError: If a row has another number of cells, or a value is not a number.
    """
    out, inside = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif tuple(cells) == HEAD:
            inside = True
        elif inside and not set("".join(cells)) <= set("-: "):
            if len(cells) != len(HEAD):
                raise ValueError(f"a claim has {len(HEAD)} cells, not {len(cells)}: {line}")
            out.append(Claim(*cells[:5], float(cells[5]), float(cells[6])))
    return out


def checked(rows: pd.DataFrame, found: list[Claim]) -> pd.DataFrame:
    """Claims beside what the rows say: the claim's fields, ``found`` and ``holds``."""
    frame = pd.DataFrame([vars(claim) for claim in found], columns=list(HEAD))
    values = [claim.found(rows) for claim in found]
    apart = (pd.Series(values, dtype=float) - frame["value"]).abs()
    return frame.assign(found=values, holds=apart <= frame["tolerance"])


def sections(text: str) -> dict[str, str]:
    """Body of each second-level section by its title, without tables."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    bodies = zip(parts[1::2], parts[2::2], strict=True)
    return {title.strip(): _without_tables(body) for title, body in bodies}


def _without_tables(body: str) -> str:
    lines = [line for line in body.splitlines() if not line.startswith("|")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
