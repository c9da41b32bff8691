"""Which classes of subjects are compared."""

import torch

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.recipe.connectomes.judgement import split_names


def compared_classes(names: list[str], classes: str | None) -> tuple[tuple[str, str], int]:
    """Names of the class and of what it is compared with, and the number of the class.

    Args:
        names: Names of the classes.
        classes: As for :func:`of_classes`.

    Example:
        >>> compared_classes(["a", "b", "c"], "b")
        (('b', 'others'), 1)
    """
    chosen = names if classes is None else split_names(classes, "classes")
    own = names.index(chosen[0])
    return (chosen[0], chosen[1] if len(chosen) == 2 else "others"), own


def of_classes(subjects: Subjects, classes: str | None) -> Subjects:
    """The subjects of two classes, or all where one is compared with the others.

    Args:
        subjects: All subjects, with classes.
        classes: One or two names with a comma between them, or ``None`` for the two there are.

    Raises:
        ValueError: If a class is unknown, or it is not said which of several are compared.
    """
    names = subjects.class_names or []
    asked = [] if classes is None else split_names(classes, "classes")
    for name in asked:
        if name not in names:
            raise ValueError(f"`classes` names '{name}', and the classes are {', '.join(names)}")
    if len(asked) > 2 or (not asked and len(names) != 2):
        raise ValueError(
            f"there are {len(names)} classes ({', '.join(names)}): name one, to compare with all "
            f"others, or two with a comma between them, with `classes`"
        )
    if len(asked) != 2 or subjects.labels is None:
        return subjects
    kept = [names.index(name) for name in asked]
    rows = [k for k, found in enumerate(subjects.labels.tolist()) if found in kept]
    out = subjects.select(rows)
    place = {number: new for new, number in enumerate(kept)}
    out.labels = torch.tensor([place[int(subjects.labels[k])] for k in rows])
    out.class_names = asked
    return out
