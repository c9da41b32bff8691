"""Configuration of the documentation: ``make docs`` builds it, without a network.

The sources are the whole repository, so that links between its Markdown files work on the site as
they do in the repository.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

from pyg_siamex import __version__  # noqa: E402

project = "pyg_siamex"
author = "The pyg_siamex authors"
copyright = "The pyg_siamex authors, MIT licence"
version = release = __version__

root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "datasets/*.md",
    "experiments/README.md",
    "experiments/*/*.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "CODE_OF_CONDUCT.md",
    "SECURITY.md",
]
exclude_patterns = [
    "docs/_*",
    *(".*", "*.egg-info", "build", "dist", "out", "pyg_siamex", "tests"),
    "experiments/*/results",
]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "offline_math",
    "public_names",
]

# Markdown and notebooks.
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "cache"
nb_execution_cache_path = os.environ.get("PYG_SIAMEX_DOCS_CACHE", str(HERE.parent / "build/cache"))
nb_execution_timeout = 900
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_output_stderr = "remove"
nb_merge_streams = True

# The reference.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False
python_use_unqualified_type_names = True
add_module_names = False
templates_path = [str(HERE / "_templates")]
nitpicky = True

# Links into other projects' documentation need a network: PYG_SIAMEX_DOCS_ONLINE=1.
_INVENTORIES = {
    "python": "https://docs.python.org/3/",
    "torch": "https://docs.pytorch.org/docs/stable/",
    "torch_geometric": "https://pytorch-geometric.readthedocs.io/en/latest/",
    "numpy": "https://numpy.org/doc/stable/",
    "pandas": "https://pandas.pydata.org/docs/",
    "sklearn": "https://scikit-learn.org/stable/",
    "networkx": "https://networkx.org/documentation/stable/",
    "matplotlib": "https://matplotlib.org/stable/",
    "nilearn": "https://nilearn.github.io/stable/",
    "lightning": "https://lightning.ai/docs/pytorch/stable/",
    "torchmetrics": "https://lightning.ai/docs/torchmetrics/stable/",
}
intersphinx_mapping = (
    {name: (url, None) for name, url in _INVENTORIES.items()}
    if os.environ.get("PYG_SIAMEX_DOCS_ONLINE")
    else {}
)

html_theme = "furo"
html_title = f"pyg_siamex {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_root"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
html_math_renderer = "mathml"
