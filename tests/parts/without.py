"""Run a script as if only some extras were installed: ``without.py SCRIPT EXTRA...``."""

import runpy
import sys

from pyg_siamex._extras import EXTRAS

script, *extras = sys.argv[1:]

BROUGHT = {
    "jinja2": {"core"},
    "markupsafe": {"core"},
    "matplotlib": {"shapley", "train"},  # torchmetrics and lightning use what is installed
    "openpyxl": {"molecules", "ray"},
    "pyarrow": {"molecules", "ray"},
    "rich": {"train"},
}
"""Packages that also come with other extras, or with the core."""


class _Uninstalled:
    def find_spec(self, name, path=None, target=None):
        extras_with_it = {EXTRAS.get(name), *BROUGHT.get(name, ())}
        if name in EXTRAS and not extras_with_it & {"core", *extras}:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


sys.meta_path.insert(0, _Uninstalled())
runpy.run_path(script, run_name="__main__")
