"""The advised way from a user's files to a model, an explanation, a search or an overview.

Each function does what the command of the same name does, with the same defaults and the same
numbers. What is different for molecules, connectomes and rows of tables is in a package of that
name. Names are imported when they are first asked for, so that options can be read before PyTorch
is loaded.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._lazy import lazy_names

if TYPE_CHECKING:
    from pyg_siamex.recipe.added_domains import register_domain
    from pyg_siamex.recipe.connectomes.connections import Connections
    from pyg_siamex.recipe.connectomes.group_inference import GroupFound, group
    from pyg_siamex.recipe.connectomes.judgement import Judging
    from pyg_siamex.recipe.connectomes.longitudinal import Longitudinal, longitudinal
    from pyg_siamex.recipe.connectomes.reading import MatrixReading
    from pyg_siamex.recipe.connectomes.training import TrainedConnectomes, train_connectomes
    from pyg_siamex.recipe.connectomes.view import ConnectomeView
    from pyg_siamex.recipe.domain import domain_named, domain_of_model, domain_of_path
    from pyg_siamex.recipe.domain_type import Domain
    from pyg_siamex.recipe.explained import Explained, View
    from pyg_siamex.recipe.explaining import explain
    from pyg_siamex.recipe.graph_library import GraphLibrary
    from pyg_siamex.recipe.graphs.domain_of_graphs import domain_of_graphs
    from pyg_siamex.recipe.graphs.training import TrainedGraphs
    from pyg_siamex.recipe.graphs.view import GraphView
    from pyg_siamex.recipe.labelled import Labelled
    from pyg_siamex.recipe.listing import Listing
    from pyg_siamex.recipe.methods import METHODS, explainer_of
    from pyg_siamex.recipe.molecules.cliff_search import CliffSearch
    from pyg_siamex.recipe.molecules.cliffs import cliffs
    from pyg_siamex.recipe.molecules.columns import MoleculeColumns
    from pyg_siamex.recipe.molecules.hit_choice import HitChoice
    from pyg_siamex.recipe.molecules.preparation import Preparation
    from pyg_siamex.recipe.molecules.training import TrainedMolecules, train_molecules
    from pyg_siamex.recipe.molecules.view import MoleculeView
    from pyg_siamex.recipe.named_graphs import NamedGraphs
    from pyg_siamex.recipe.nearest_hits import NearestHits
    from pyg_siamex.recipe.node_overview import overview_of_nodes
    from pyg_siamex.recipe.overviewing import Seen, overview
    from pyg_siamex.recipe.pair_table.explained_pairs import ExplainedPairs
    from pyg_siamex.recipe.pair_table.explaining_pairs import explain_pairs
    from pyg_siamex.recipe.pair_table.pair_columns import PairColumns
    from pyg_siamex.recipe.pair_table.rank import Rank
    from pyg_siamex.recipe.pair_table.ray_workers import RayWorkers
    from pyg_siamex.recipe.pair_table.table_explainer import TableExplainer
    from pyg_siamex.recipe.rows.reading import RowReading
    from pyg_siamex.recipe.rows.training import TrainedRows, train_rows
    from pyg_siamex.recipe.rows.view import RowView
    from pyg_siamex.recipe.searching import Found, search
    from pyg_siamex.recipe.settings import ROW_SETTINGS, Settings
    from pyg_siamex.recipe.trained import Learned, Trained

__all__ = [
    "METHODS",
    "ROW_SETTINGS",
    "CliffSearch",
    "Connections",
    "ConnectomeView",
    "Domain",
    "Explained",
    "ExplainedPairs",
    "Found",
    "GraphLibrary",
    "GraphView",
    "GroupFound",
    "HitChoice",
    "Judging",
    "Labelled",
    "Learned",
    "Listing",
    "Longitudinal",
    "MatrixReading",
    "MoleculeColumns",
    "MoleculeView",
    "NamedGraphs",
    "NearestHits",
    "PairColumns",
    "Preparation",
    "Rank",
    "RayWorkers",
    "RowReading",
    "RowView",
    "Seen",
    "Settings",
    "TableExplainer",
    "Trained",
    "TrainedConnectomes",
    "TrainedGraphs",
    "TrainedMolecules",
    "TrainedRows",
    "View",
    "cliffs",
    "domain_named",
    "domain_of_graphs",
    "domain_of_model",
    "domain_of_path",
    "explain",
    "explain_pairs",
    "explainer_of",
    "group",
    "longitudinal",
    "overview",
    "overview_of_nodes",
    "register_domain",
    "search",
    "train_connectomes",
    "train_molecules",
    "train_rows",
]

_MODULES = {
    "View": ".explained",
    "Learned": ".trained",
    "overview_of_nodes": ".node_overview",
    "explainer_of": ".methods",
    "NearestHits": ".nearest_hits",
    "Labelled": ".labelled",
    "NamedGraphs": ".named_graphs",
    "GraphLibrary": ".graph_library",
    "TrainedGraphs": ".graphs.training",
    "GraphView": ".graphs.view",
    "domain_of_graphs": ".graphs.domain_of_graphs",
    "METHODS": ".methods",
    "ROW_SETTINGS": ".settings",
    "ConnectomeView": ".connectomes.view",
    "Domain": ".domain_type",
    "CliffSearch": ".molecules.cliff_search",
    "Connections": ".connectomes.connections",
    "Explained": ".explained",
    "ExplainedPairs": ".pair_table.explained_pairs",
    "Found": ".searching",
    "GroupFound": ".connectomes.group_inference",
    "HitChoice": ".molecules.hit_choice",
    "Judging": ".connectomes.judgement",
    "Listing": ".listing",
    "Longitudinal": ".connectomes.longitudinal",
    "MatrixReading": ".connectomes.reading",
    "MoleculeColumns": ".molecules.columns",
    "MoleculeView": ".molecules.view",
    "PairColumns": ".pair_table.pair_columns",
    "Preparation": ".molecules.preparation",
    "Rank": ".pair_table.rank",
    "RayWorkers": ".pair_table.ray_workers",
    "RowReading": ".rows.reading",
    "RowView": ".rows.view",
    "Seen": ".overviewing",
    "Settings": ".settings",
    "TableExplainer": ".pair_table.table_explainer",
    "Trained": ".trained",
    "TrainedConnectomes": ".connectomes.training",
    "TrainedMolecules": ".molecules.training",
    "TrainedRows": ".rows.training",
    "cliffs": ".molecules.cliffs",
    "domain_named": ".domain",
    "domain_of_model": ".domain",
    "domain_of_path": ".domain",
    "explain": ".explaining",
    "explain_pairs": ".pair_table.explaining_pairs",
    "group": ".connectomes.group_inference",
    "longitudinal": ".connectomes.longitudinal",
    "overview": ".overviewing",
    "register_domain": ".added_domains",
    "search": ".searching",
    "train_connectomes": ".connectomes.training",
    "train_molecules": ".molecules.training",
    "train_rows": ".rows.training",
}

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
