"""Point clouds of three shapes in a file, and the domain that docs/domains.md makes of them."""

import math
import random
import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "domains.md"
CODE = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]


def domain():
    """The domain of the guide."""
    names: dict = {}
    exec(CODE, names)
    return names["DOMAIN"]


def write_clouds(path: Path, each: int = 20, seed: int = 0) -> Path:
    """Rings, rods and balls, with noise."""
    draw = random.Random(seed)

    def point(shape, turn):
        if shape == "ring":
            return [math.cos(turn), math.sin(turn), 0.0]
        if shape == "rod":
            return [turn / math.pi - 1, 0.0, 0.0]
        return [draw.gauss(0, 0.5) for _ in range(3)]

    lines = []
    for k in range(each):
        for shape in ("ring", "rod", "ball"):
            size = draw.randint(10, 14)
            lines += [str(size), f"name={shape}_{k} shape={shape} points={size + 0.5}"]
            for step in range(size):
                place = [
                    value + draw.gauss(0, 0.02) for value in point(shape, 2 * math.pi * step / size)
                ]
                lines.append(" ".join(["P", *(f"{value:.4f}" for value in place)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_package(folder: Path, module: str = "my_clouds", **points: str) -> Path:
    """A package as pip installs it: a module with the guide's code, and its entry points.

    Args:
        folder: Where installed packages are.
        module: Name of the module.
        **points: ``name = value`` by group, with ``_`` for ``.``.
    """
    page = (
        "from pyg_siamex.visualize.report.domain import GraphPage\n\n\n"
        "class CloudPage(GraphPage):\n"
        '    name, node, edge = "clouds", "point", "contact"\n\n'
        "    def holds(self, explanation):\n"
        "        return all(g.x.size(1) == 4 for g in (explanation.query, explanation.reference))\n"
        "\n\nPAGE = CloudPage()\n"
    )
    (folder / f"{module}.py").write_text(f"{CODE}\n\n{page}")
    about = folder / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    text = "".join(f"[{group.replace('_', '.', 1)}]\n{line}\n" for group, line in points.items())
    (about / "entry_points.txt").write_text(text.replace("pyg.siamex_", "pyg_siamex."))
    return folder
