"""Wall time, memory and quality of one method on one kind of graph."""

from pathlib import Path
from typing import Any

import pandas as pd
from peers.cells import measured_apart

KEYS = {
    "graphs": str,
    "method": str,
    "pairs": list,
    "sample": int,
    "judged": int,
    "steps": int,
    "points": int,
    "samples": int,
    "repeats": int,
    "budget": float,
    "pair_budget": float,
    "device": str,
    "threads": int,
    "seed": int,
}
COLUMNS = ("measure", "pairs", "pair", "value", "extrapolated", "note")
SETTING = ("device", "threads", "steps", "points", "samples")
TRAINED = Path(__file__).parent / "trained"


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Rows of one method on one kind of graph.

    Returns:
        One row per number: ``measure``; ``pairs``, how many were explained together; ``pair``,
        where it is one pair's; ``value``, ``nan`` where it was left out; ``extrapolated``;
        ``note``; and what the numbers depend on: ``device``, ``threads``, ``steps``, ``points``,
        ``samples``.
    """
    rows = measured_apart(unit, TRAINED)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["extrapolated"] = frame["extrapolated"].eq(True)
    frame["note"] = frame["note"].fillna("")
    for key in ("pairs", "pair"):
        frame[key] = frame[key].astype("Int64")
    return frame.assign(**{key: unit[key] for key in SETTING})
