"""Calls that work, of the public functions that :func:`bad_arguments.calls` has not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from bad_arguments import Tried
from explained import brain
from graphs import FEATURES, random_graph
from small_models import ALCOHOLS, AMINES, molecule_model
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import chemistry, data, datasets, explain, metric, nn, recipe, visualize
from pyg_siamex.datasets import connectome
from pyg_siamex.nn import neighbours, training

Calls = list[tuple[Callable[..., Any], dict[str, Any]]]

EDGES = {"edge_mask_type": "object"}
NODES = {"node_mask_type": "object"}
SIZES = {"in_channels": FEATURES, "hidden_channels": 4, "num_layers": 2}
LABELS = [k % 2 for k in range(8)]
PARTS = [[k % 3 for k in range(6)]] * 8


def further_calls() -> list[Tried]:
    """The calls; they write into the working folder."""
    rooms = (_chemistry, _data, _brains, _explaining, _metric, _nn, _training, _recipes, _drawing)
    return [
        Tried(f"{room.__name__[1:]} {k} {getattr(call, '__name__', call)}", call, arguments)
        for room in rooms
        for k, (call, arguments) in enumerate(room())
    ]


def _graphs() -> list[Data]:
    graphs = [random_graph(6, seed=k) for k in range(8)]
    for graph, label in zip(graphs, LABELS, strict=True):
        graph.y = torch.tensor([label])
    return graphs


def _model(encoder: str = "GIN", pool: str = "add", head: str = "cosine", **more: Any) -> Any:
    torch.manual_seed(0)
    return nn.build_siamese(encoder, pool, head, **{**SIZES, **more}).eval()


def _draws(**numbers: int) -> dict[str, Any]:
    """Tensors of random numbers in [0, 1), by name and length."""
    generator = torch.Generator().manual_seed(0)
    return {name: torch.rand(size, generator=generator) for name, size in numbers.items()}


def _chemistry() -> Calls:
    smiles = "c1ccccc1C(=O)NCC"
    one, other = chemistry.parse_smiles(smiles), chemistry.parse_smiles("CC(=O)Oc1ccccc1")
    graph = chemistry.graph_of(one, smiles)
    some, others = chemistry.ecfp4(["CCO", "CCN"]), chemistry.ecfp4(["CCO", "CC"])
    amide = chemistry.pattern("amide", "C(=O)N")
    return [
        (chemistry.Standardisation, {"largest_fragment": True, "neutral": False}),
        (chemistry.atom_names, {"molecule": one}),
        (chemistry.bits_of, {"fingerprints": some}),
        (chemistry.bonds_of, {"molecule": one}),
        (chemistry.canonical_smiles, {"smiles": "OCC"}),
        (chemistry.check_bonds, {"molecule": one, "graph": graph, "which": "g"}),
        (chemistry.drawable_molecule, {"graph": graph, "which": "g"}),
        (chemistry.functional_groups, {"graph": graph, "smarts": {"amide": "C(=O)N"}}),
        (chemistry.graph_of, {"mol": one, "smiles": smiles}),
        (chemistry.lay_out_pair, {"query": one, "reference": other}),
        (chemistry.molecule_of, {"graph": graph, "which": "g"}),
        (chemistry.murcko_scaffold, {"graph": graph}),
        (chemistry.paired_tanimoto, {"one": some, "other": others}),
        (chemistry.pattern, {"name": "amide", "smarts": "C(=O)N"}),
        (chemistry.ring_systems, {"graph": graph, "numbered": False}),
        (chemistry.scaffold_smiles, {"smiles": "c1ccccc1CC"}),
        (chemistry.parse_smiles, {"smiles": "CCO"}),
        (chemistry.ecfp4, {"smiles": ["CCO", "CCN"]}),
        (datasets.group_truth, {"mol": one, "pattern": amide, "edge_index": graph.edge_index}),
        (datasets.NamedElements, {"elements": ["C", "N", "O"], "bonds": None}),
    ]


def _data() -> Calls:
    graphs = _graphs()
    index, scores = torch.tensor([[0, 1], [2, 3]]), torch.tensor([1.0, 0.2])
    return [
        (data.SameLabel, {"labels": torch.tensor([0, 1, 0, 1])}),
        (data.WithinDifference, {"values": torch.tensor([0.1, 0.5]), "max_difference": 0.5}),
        (data.PairDataset, {"graphs": graphs, "num_pairs": None, "seed": 0}),
        (data.PairDataset.from_pairs, {"graphs": graphs, "index": index, "scores": scores}),
        (data.PairDataset(graphs).split, {"fractions": (0.5, 0.5), "seed": 0}),
    ]


def _brains() -> Calls:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(30, 5)) for _ in range(4)]
    matrices = np.stack([np.corrcoef(one.T) for one in series])
    known = {"names": list("abcd"), "labels": [0, 1, 0, 1]}
    timed, still = connectome.Subjects(series, **known), connectome.Subjects(matrices, **known)
    atlas = connectome.dosenbach_160().subset(range(5))
    planted = datasets.PlantedConnectomes(2)
    np.savez("study.npz", arrays=matrices, label=np.array([0, 1, 0, 1]), names=np.array([*"abcd"]))
    np.save("stack.npy", matrices)
    frame = pd.DataFrame({"subject": list("abcd"), "group": [0, 1, 0, 1]})
    frame.to_csv("labels.csv", index=False)
    graph = {
        "matrix": torch.from_numpy(matrices[0]).float(),
        "atlas": atlas,
        "connections": connectome.Density(0.5),
        "sign": "weight",
        "features": "profile",
    }
    drawn = {"num_subjects": 4, "effect": 1.0, "density": 0.15, "features": "network", "seed": 0}
    places = {"name": "a", "names": [*"xyz"], "networks": [*"nmn"], **_places(3)}
    values = {"arrays": list(matrices), "names": [*"abcd"], "labels": np.array([0.5, 1.5, 2, 3])}
    stack = {"path": "stack.npy", "table": "labels.csv", "label": "group", "subject": "subject"}
    npz = {"path": "study.npz", "arrays": "arrays", "label": "label", "names": "names"}
    return [
        (connectome.AtLeast, {"value": 0.2}),
        (connectome.NearestNeighbours, {"k": 2}),
        (connectome.complete_regions, {"subjects": still, "drop": True}),
        (connectome.connectivity, {"subjects": timed, "kind": "correlation"}),
        (connectome.connectivity, {"subjects": timed, "kind": "tangent", "fit_on": [0, 1, 2]}),
        (connectome.connectome_graph, graph),
        (connectome.missing_regions, {"array": matrices[0]}),
        (connectome.on_atlas, {"subjects": still, "atlas": atlas, "whole": False}),
        (connectome.region_places, {"names": atlas.names, "atlas": atlas}),
        (connectome.Atlas, places),
        (connectome.Subjects, values),
        (connectome.read_npz, npz),
        (connectome.read_stack, stack),
        (datasets.PlantedConnectomes, drawn),
        (datasets.planted_truth, {"query": planted[0], "reference": planted[1]}),
    ]


def _places(count: int) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(0)
    return {"coordinates": 100 * torch.rand(count, 3, generator=generator)}


def _explained(algorithm: type, **masks: str) -> Callable[..., Any]:
    """A function that makes an algorithm and explains a pair with it."""
    model, graphs = _model(), _graphs()[:2]

    def explained(query: Any = graphs[0], other: Any = graphs[1], **options: Any) -> Any:
        return explain.PairExplainer(model, algorithm(**options), **masks)(query, other)

    explained.__name__ = algorithm.__name__
    return explained


def _explaining() -> Calls:
    graphs, model = _graphs(), _model()
    linked, large = _model("GCN", "root", "dot"), random_graph(14, seed=3)
    explainer = explain.PairExplainer(model, explain.Occlusion(), **EDGES)
    relevance = explain.PairExplainer(model, explain.BiLRP(), **NODES)
    matrix = relevance(*graphs[:2])
    explanations = explainer.explain(graphs[:3], graphs[3:6])
    pair = {"query": graphs[0], "other": graphs[1]}
    thirds = {"partition": lambda graph: [k % 3 for k in range(graph.num_nodes)]}
    jacobians = {
        "steps": 4,
        "reference": "zero",
        "path": "features",
        "quadrature": "midpoint",
        "tolerance": 0.5,
        "most_steps": 64,
        "exact": False,
    }
    optimised = {"epochs": 3, "lr": 0.05, "size": 1.0, "entropy": 0.1, "necessity": 1.0}
    kl = {"beta": 1.0, "steps": 5, "lr": 0.1, "form": "bernoulli", "optimiser": "adam"}
    gda = {"steps": 5, "ascent_steps": 2, "ratio": 1.0, "rho": 0.0, "momentum": 1.0}
    pool = {"model": model, "pool": graphs, "references": 3, "seed": 0}
    kept = {"explanations": explanations, "index": [(0, 3), (1, 4), (2, 5)], "groups": PARTS}
    seen = {
        "explanations": [matrix, relevance(*graphs[2:4])],
        "index": [(0, 1), (2, 3)],
        "groups": PARTS,
        "labels": LABELS,
        "names": [str(k) for k in range(8)],
        "class_names": [*"ab"],
    }
    link = {"model": linked, "data": large, "algorithm": explain.Occlusion(), **EDGES}
    means = [explanations[0], explainer(graphs[0], graphs[3])]
    return [
        (explain.Masks, _draws(node=6, edge=8)),
        (explain.check_model, {"model": model, "graphs": graphs[:3]}),
        (explain.edge_importance, {"explanation": explanations[0].query}),
        (explain.node_importance, {"explanation": matrix.query, **_draws(relevance=6)}),
        (explain.explain_link, {**link, "link": (0, 3)}),
        (explain.explain_links, {**link, "pairs": [(0, 3), (1, 4)], "num_hops": 4}),
        (explain.explain_links, {**link, "pairs": torch.tensor([[0, 1, 2], [3, 4, 5]])}),
        (explain.kept_groups, {**kept, "labels": LABELS}),
        (explain.mean_explanation, {"explanations": means}),
        (explain.overview_of_pairs, seen),
        (_explained(explain.Saliency, **EDGES), pair),
        (_explained(explain.InputXGradient, **NODES), {}),
        (_explained(explain.GradCAM, **NODES), {"layer": None, "signed": False}),
        (_explained(explain.GroupOcclusion, **NODES), {**thirds, "mode": "leave-out"}),
        (_explained(explain.IntegratedJacobians, **NODES), jacobians),
        (_explained(explain.IntegratedJacobians, **NODES), {"reference": torch.zeros(FEATURES)}),
        (_explained(explain.MaskOptimization, **EDGES), optimised),
        (_explained(explain.NeighbourhoodOcclusion, **NODES), {"query": graphs[2]}),
        (_explained(explain.RandomExplainer, **EDGES), {"seed": 0}),
        (_explained(explain.ShapleySampling, **NODES), {"samples": 2, "seed": 0}),
        (_explained(explain.SelfLearned, **EDGES), {"solver": "kl", "delta": 0.1}),
        (_explained(explain.BiLRP, node_mask_type="attributes"), {"gamma": 0.25, "epsilon": 1e-9}),
        (_explained(explain.IntegratedGradients, **EDGES), {"steps": 4}),
        (explain.KLDescent, {**kl, "tolerance": 0.02}),
        (explain.DescentAscent, {**gda, "extragradient": False, "tolerance": 0.01}),
        (explain.SharedInvariance.learn, pool),
        (explain.AmortisedInvariance.learn, pool),
        (explain.EnsembleExplainer, {"explainers": [explainer, explainer]}),
        (nn.find_hops, {"model": linked, "data": large, "pairs": [(0, 3)], "least": 1}),
    ]


def _metric() -> Calls:
    graphs, model = _graphs(), _model()
    explainer = explain.PairExplainer(model, explain.Occlusion(), **EDGES)
    explanations = explainer.explain(graphs[:3], graphs[3:6])
    pair = {"queries": graphs[:2], "references": graphs[2:4]}
    given = {"model": model, "explanations": explanations}
    curves = metric.removal_curves(**given, shares=[0.0, 0.5, 1.0])
    frame = metric.evaluate({"occ": explainer}, **pair, model=model)
    known = {"importance": torch.tensor([0.5, 0.1, 0.9, 0.3]), "truth": torch.tensor([1, 0, 1, 0])}
    importance = known["importance"]
    rows = {"a": importance[None], "b": importance[None].flip(1)}
    sums = {"frame": frame, "confidence": 0.9, "resamples": 50, "seed": 0}
    noise = {"share": 0.2, "alpha_plus": 0.1, "alpha_minus": 0.9, "draws": 2}

    def made(model: Any) -> Any:
        return explain.PairExplainer(model, explain.Occlusion(), **EDGES)

    protocol = {"elements": "edge", "side": "query", "undirected": False, "removal": "deletion"}
    trusted = {"explanations": explanations[0], "explainer": explainer, "model": model}
    plus = {"plus": torch.tensor([0.5, 0.2]), "minus": torch.tensor([0.1, 0.4]), "weight": 0.5}
    order = torch.tensor([[0, 1], [2, 3]])
    elements = {"elements": "edge", "side": "query", "undirected": True}
    alike = explainer.explain([graphs[0]] * 3, graphs[3:6])
    again = {"explanations": [explainer(*graphs[:2]), explainer(*graphs[:2])], "share": 0.2}
    return [
        (metric.characterisation_score, plus),
        (metric.conformity, {"importance": importance, "order": order, "margin": 0.0}),
        (metric.differences, {**sums, "to": "random"}),
        (metric.summarise, sums),
        (metric.effect_overlap, {"curves": curves}),
        (metric.sparse_fidelity, {"curves": curves}),
        (metric.effective_share, {"importance": importance}),
        (metric.element_importance, {"explanation": explanations[0], **elements}),
        (metric.evaluate, {"methods": explainer, **pair, "model": model}),
        (metric.evaluate, {"methods": {"occ": explanations}, "model": model}),
        (metric.ground_truth_auroc, known),
        (metric.ground_truth_average_precision, known),
        (metric.model_randomisation, {"explainer": made, **pair, "model": model, "seed": 0}),
        (metric.permuted, {"pairs": data.PairDataset(graphs, 6), "seed": 0}),
        (metric.removal_curves, {**given, "shares": [0.0, 0.5, 1.0]}),
        (metric.retraining_stability, again),
        (metric.robust_fidelity, {**given, **noise}),
        (metric.spearman, rows),
        (metric.stability, {"model": model, "explanations": alike, "share": 0.2}),
        (metric.trust, {**trusted, "references": graphs[4:6], "randomise": False, "seed": 0}),
        (metric.FeatureMean, _draws(mean=FEATURES)),
        (metric.GroupMap, {"edge": torch.eye(4), "node": torch.eye(4), "name": "g"}),
        (metric.EvaluationProtocol, {**protocol, "min_effect": 0.1, "seed": 0}),
    ]


def _nn() -> Calls:
    graphs, model = _graphs(), _model()
    towers = {"encoder": GIN(FEATURES, 4, 2), "reference_encoder": GCN(FEATURES, 4, 2)}
    small = {"in_channels": 4, "hidden_channels": 3, "num_layers": 2}
    generator = torch.Generator().manual_seed(0)
    embeddings = torch.rand(20, 4, generator=generator)
    between = torch.rand(6, 6, generator=generator).round()
    between = between.triu(1) + between.triu(1).T
    sizes = {"links": 4, "breadth": 10, "search_breadth": 10}
    path = {"edge_index": torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])}
    path["edge_weight"] = torch.tensor([0.5, 0.5, 0.9, 0.9])
    population = {**small, "num_rois": 5, **path, "K": 2}

    def against(**given: Any) -> Any:
        return nn.AgainstReference(model, **given)(graphs[0].x, graphs[0].edge_index)

    def index(**given: Any) -> Any:
        return neighbours.HNSWIndex(nn.CosineSimilarity(), **given).measure(
            embeddings, queries=4, k=2
        )

    return [
        (model.__call__, {"query": graphs[0], "reference": graphs[1]}),
        (model.embed, {"data": graphs[0]}),
        (against, {"reference": graphs[1], "query": graphs[0]}),
        (index, {"embeddings": embeddings, **sizes}),
        (nn.BilinearSimilarity, {"channels": 4}),
        (nn.DistMultSimilarity, _draws(relation=4)),
        (nn.HigherOrderConv, {"in_channels": 4, "out_channels": 3, "K": 2, "window": 2}),
        (nn.HigherOrderGCN, small),
        (nn.WeightedGCN, small),
        (nn.WeightedGIN, small),
        (nn.PopulationGCN, {**population, "dropout": 0.0}),
        (nn.RoiConcat, {"num_rois": 5}),
        (nn.RoiSimilarity, {"num_rois": 5}),
        (nn.TwoTowerGNN, {**towers, "pool": "mean", "similarity": "cosine"}),
        (nn.co_occurrence, {"adjacency": between, "window": 2, "walk_length": 4}),
        (nn.nearest_regions, {"positions": embeddings[:6, :3], "k": 2}),
        (nn.strongest_regions, {"connectivity": between, "k": 2}),
        (nn.load_model, {"path": "none.siamex", "encoder": None}),
    ]


def _training() -> Calls:
    graphs, model = _graphs(), _model()
    pairs = data.PairDataset(graphs, 6)
    score = torch.tensor([0.1, 0.9, 0.3, 0.6, 0.5, 0.2])[: len(pairs)]
    options = {"hidden_channels": 4, "num_layers": 2, "epochs": 1}
    fitted = training.SiameseEmbedder("GIN", **options).fit(graphs, LABELS)

    def fit(**given: Any) -> Any:
        return training.fit(_model(), progress=False, **given)

    def embedder(max_difference: float | None = None, **given: Any) -> Any:
        embedder = training.SiameseEmbedder("GIN", max_difference=max_difference, **options)
        return embedder.fit(**given).transform(graphs[:1])

    numbers = {"epochs": 1, "batch_size": 4, "lr": 0.01, "weight_decay": 0.0, "seed": 0}
    return [
        (training.auc_interval, {"similarity": score, "pairs": pairs, "seed": 0}),
        (training.pair_auc, {"model": model, "pairs": pairs}),
        (training.pair_similarities, {"model": model, "pairs": pairs}),
        (training.loss_resolver, {"loss": "bce", "similarity": nn.CosineSimilarity()}),
        (training.ConstrainedVariance, {"margin": 0.6, "variance": 0.09, "weight": 0.35}),
        (fit, {"pairs": pairs, "validation": pairs, "loss": "bce", "patience": 2, **numbers}),
        (embedder, {"X": graphs, "y": LABELS}),
        (embedder, {"X": graphs, "y": np.arange(8) * 1.0, "max_difference": 1.5}),
        (fitted.transform, {"X": graphs[:2]}),
    ]


def _recipes() -> Calls:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=30) for name in "abc"}
    rows = pd.DataFrame({"id": [f"r{k}" for k in range(30)], **columns, "y": [*"npq"] * 10})
    molecules = {"smiles": ALCOHOLS + AMINES, "act": [0.1 * k for k in range(12)]}
    pd.DataFrame({**molecules, "kind": ["ol"] * 6 + ["am"] * 6}).to_csv("m.csv", index=False)
    settings, reading = recipe.Settings(epochs=1, hidden=4), recipe.RowReading(name="id")
    trained = molecule_model()

    def train_rows(**given: Any) -> Any:
        return recipe.train_rows(settings=settings, **given)

    def train_molecules(**given: Any) -> Any:
        return recipe.train_molecules(settings=settings, **given)

    def cliffs(**given: Any) -> Any:
        return recipe.cliffs(trained, **given)

    chosen = {"label_kind": "classes", "max_difference": None, "strict": False}
    plan = {"hidden": 4, "layers": 2, "epochs": 1, "lr": 0.1, "seed": 0, "folds": 2}
    return [
        (train_rows, {"table": rows, "label": "y", "reading": reading, **chosen}),
        (train_molecules, {"table": "m.csv", "label": "kind", "log": False, **chosen}),
        (cliffs, {"table": "m.csv", "activity": "act", "k": 2, "method": "occlusion"}),
        (recipe.Settings, {**plan, "pool": "add", "similarity": "dot", "loss": "bce"}),
        (recipe.CliffSearch, {"by": "structure", "least_similarity": 0.5, "sample": 10}),
        (recipe.Connections, {"density": 0.5, "sign": "weight", "asymmetric": "raise"}),
        (recipe.Judging, {"measured": True, "confounds": "age", "permutations": 10}),
        (recipe.MoleculeView, {"atom_numbers": True, "size": "400x300", "dpi": 96}),
        (recipe.ConnectomeView, {"atlas": "dosenbach", "columns": 2}),
        (recipe.RowView, {"most": 3}),
        (recipe.RayWorkers, {"number": 2, "num_cpus": 1.0, "num_gpus": 0.0}),
        (recipe.Rank, {"rank": 0, "world_size": 2}),
    ]


def _drawing() -> Calls:
    graphs, model = _graphs(), _model()
    view = explain.overview(_model("GCN", head="dot"), graphs, PARTS, labels=LABELS)
    matrix = explain.PairExplainer(model, explain.BiLRP(), **NODES)(*graphs[:2])
    grouped = matrix.group([k % 3 for k in range(6)], [k % 2 for k in range(6)])
    linked, large = _model("GCN", "root", "dot"), random_graph(14, seed=3)
    link = explain.explain_link(linked, large, (0, 3), explain.Occlusion(), **EDGES)
    features = datasets.OneHotMolecule()
    some = [features(datasets.molecule(smiles)) for smiles in (ALCOHOLS[0], AMINES[0])]
    chemical = _model(in_channels=features.num_node_features)
    by_bonds = explain.PairExplainer(chemical, explain.Occlusion(), **EDGES)
    molecule = by_bonds(*some)
    known = nn.Library.embed(chemical, some, names=["a", "b"])
    result = explain.search(known, some, some[0], 1, explainer=by_bonds, explained=1)
    brains = [brain(k) for k in range(2)]
    wide = _model("GCN", in_channels=brains[0].x.size(1))
    edges = explain.PairExplainer(wide, explain.Occlusion(), **EDGES)(*brains)
    nodes = explain.PairExplainer(wide, explain.BiLRP(), **NODES)(*brains)
    told = {"names": ["a", "b"], "title": "t", "limit": 1.0}
    few = {"edges": 5, "regions": 3}
    sized = {"atom_numbers": False, "size": (400, 300), "scales": "auto", "dpi": 96}
    paged = {"path": "o.html", "title": "t", "notes": ["n"]}
    node_names = [str(k) for k in range(14)]
    return [
        (visualize.draw_circles, {"explanation": edges, "path": "c.svg", **few, **told}),
        (visualize.draw_connectomes, {"explanation": edges, "path": "b.svg", **few, **told}),
        (visualize.draw_network_importance, {"explanation": edges, "statistic": "sum", **told}),
        (visualize.draw_network_relevance, {"explanation": nodes, "names": ["a", "b"]}),
        (visualize.draw_group_relevance, {"relevance": grouped, "path": "g.svg", "limit": 1.0}),
        (visualize.draw_hits, {"result": result, "path": "h.svg", "columns": 2, "dpi": 96}),
        (visualize.draw_link, {"explanation": link, "node_names": node_names, "limit": 1.0}),
        (visualize.draw_molecules, {"explanation": molecule, "path": "m.svg", **told, **sized}),
        (visualize.pair_html, {"explanation": matrix}),
        (visualize.search_report, {"result": result, **paged}),
        (visualize.overview_report, {"overview": view, "graphs": graphs, "total": 8, **paged}),
        (visualize.view_connectomes, {"explanation": edges, "path": "w.html", **few, **told}),
    ]
