"""One piece of an experiment: what is measured and stored as a whole."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 100


@dataclass(frozen=True)
class Unit:
    """Values of one point of a grid.

    Attributes:
        values: Every key, those shared by all units included; what ``measure`` gets.
        grid: Keys of the grid that the unit comes from: they name it, and are columns of its rows.
        needs: Files that it reads and the project does not ship.
    """

    values: Mapping[str, Any]
    grid: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """Name of the unit: keys and values of its grid."""
        parts = [f"{key}-{self.values[key]}" for key in self.grid if self.values[key] is not None]
        slug = re.sub(r"[^a-z0-9_.-]+", "-", "_".join(parts).lower()).strip("-") or "all"
        if len(slug) > LONGEST:
            slug = f"{slug[:LONGEST]}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
        return slug

    @property
    def fingerprint(self) -> str:
        """Hash of all values: rows of other values belong to another unit."""
        text = json.dumps(dict(self.values), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
