"""Each subject of a group against the other members of its class."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pyg_siamex._door import check_fields
from pyg_siamex.metric.against_others import against_others, farthest_p
from pyg_siamex.recipe.connectomes.group_contrast import Contrast
from pyg_siamex.recipe.connectomes.group_levels import Level
from pyg_siamex.recipe.connectomes.matrix_source import position_of

if TYPE_CHECKING:
    import pandas as pd

_BY_SUBJECT = ("values", "member", "blocks")
"""Parts of the evidence with an entry for each subject."""

_FEWEST = 3
"""Fewest members of a class."""


@dataclass(frozen=True)
class SubjectMaps:
    """A map per subject: what speaks for its class, and how far that is from other members.

    Attributes:
        subjects: Name of each explained subject.
        classes: Class of each; one of two, or of all.
        evidence: Evidence for the class that is compared, and the block of each subject.
        levels: Connections, regions and networks.

    Example:
        >>> found.maps.of(found.maps.subjects[0])["connections"].columns[:3].tolist()
        ['region', 'other', 'for_own_class']
    """

    subjects: list[str]
    classes: list[str]
    evidence: Contrast
    levels: list[Level]

    def _check_parts(self, name: str) -> None:
        """Refuse maps that were changed after they were made, and do not fit together.

        Args:
            name: Name of the maps in messages.

        Raises:
            TypeError: If a part is of another kind.
            ValueError: If parts are of different numbers of subjects, or there are no levels.
        """
        check_fields(name.strip("`"), self)
        changed = "it was changed after it was made"
        parts = {"subjects": self.subjects, "classes": self.classes}
        parts |= {f"evidence.{one}": vars(self.evidence)[one] for one in _BY_SUBJECT}
        for part, value in parts.items():
            if len(value) != len(self.subjects):
                raise ValueError(
                    f"{part} of {name} has {len(value)} entries for {len(self.subjects)} subjects: "
                    f"{changed}"
                )
        if not self.levels or self.evidence.values.ndim != 2:
            raise ValueError(f"{name} has no levels, or no values of connections: {changed}")

    def of(self, subject: str) -> "dict[str, pd.DataFrame]":
        """By level a row per place, the farthest from other members of the class first.

        ``for_own_class`` is the evidence for the subject's class in standard deviations over
        subjects, ``z`` its distance from the mean of the class in standard deviations of the class
        (:func:`~pyg_siamex.metric.against_others.against_others`), ``p_fwe`` the share of members
        with any place as far.

        Args:
            subject: Its name.

        Raises:
            TypeError: If the maps were changed to another kind.
            ValueError: If the subject was not explained, or its class has fewer than three members
                who were.
        """
        self._check_parts("the maps")
        place = self._place(subject)
        members = self.classes.count(self.classes[place])
        if members < _FEWEST:
            raise ValueError(
                f"'{subject}' cannot be compared with others of class '{self.classes[place]}': "
                f"{members} of its members were explained, and three are needed"
            )
        return {level.name: self._table(level, place) for level in self.levels}

    def strongest(self, count: int) -> "pd.DataFrame":
        """The farthest connections of every subject, a row each.

        Args:
            count: How many connections of each subject.
        """
        import pandas as pd

        z, p, values = self._far(self.levels[0])
        names = pd.DataFrame(self.levels[0].columns)
        parts = []
        for k, subject in enumerate(self.subjects):
            top = np.argsort(-np.abs(z[k]), kind="stable")[:count]
            part = names.loc[top].assign(for_own_class=values[k, top], z=z[k, top], p_fwe=p[k, top])
            part.insert(0, "class", self.classes[k])
            part.insert(0, "subject", subject)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def class_of(self, subject: str) -> str:
        """Class of an explained subject.

        Args:
            subject: Its name.

        Raises:
            ValueError: If the subject was not explained.
        """
        return self.classes[self._place(subject)]

    def _place(self, subject: str) -> int:
        try:
            return position_of(subject, self.subjects, "the explained subjects")
        except ValueError as error:
            raise ValueError(
                f"{error} (a quarter of all subjects is learned from and not explained)"
            ) from None

    def _table(self, level: Level, place: int) -> "pd.DataFrame":
        import pandas as pd

        z, p, values = self._far(level)
        columns = {"for_own_class": values[place], "z": z[place], "p_fwe": p[place]}
        frame = pd.DataFrame(level.columns | columns)
        order = frame["z"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].reset_index(drop=True)

    def _far(self, level: Level) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distances, their p and evidence for the own class, ``[n, M]`` each."""
        sign = np.where(self.evidence.member, 1.0, -1.0)[:, None]
        values = sign * self.evidence.in_units(level.of(self.evidence.values))
        z, p = np.zeros_like(values), np.ones_like(values)
        for name in set(self.classes):
            rows = [k for k, of in enumerate(self.classes) if of == name]
            if len(rows) >= _FEWEST:
                z[rows] = against_others(values[rows])
                p[rows] = farthest_p(z[rows])
        return z, p, values
