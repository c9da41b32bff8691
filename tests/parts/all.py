"""The examples of the README run, from the text that is installed with the package."""

import re
from importlib.metadata import metadata
from pathlib import Path

from pyg_siamex.datasets import FunctionalGroups

text = metadata("pyg_siamex").get_payload()
code = "".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
groups = FunctionalGroups()
few = [groups[k] for k in range(0, len(groups), 10)]
exec(code.replace("epochs=50", "epochs=2"), {"dataset": few, "query": few[0], "reference": few[1]})
assert all("<svg" in Path(name).read_text() for name in ("pair.svg", "links.svg"))
