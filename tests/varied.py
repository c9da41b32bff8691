"""Variants of arguments that are right: some mean the same, others are accidents of their kind."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch_geometric import EdgeIndex
from torch_geometric.data import Batch, Data

Variant = tuple[str, bool, Callable[[], Any]]
"""What it is, whether it means the same, and how it is made."""

NAN, INFINITY = float("nan"), float("inf")


def variants(value: Any, seed: int = 0) -> Iterator[Variant]:
    """Variants of a value by its type; entries of lists and dicts are varied at one place."""
    draw = random.Random(seed)
    for kind, of in _KINDS.items():
        if isinstance(value, kind):
            yield from of(value, draw)
            return


def _others(value: Any, **given: Any) -> Iterator[Variant]:
    for name, other in given.items():
        yield name, False, lambda other=other: other


def _of_truth(value: bool, draw: random.Random) -> Iterator[Variant]:
    yield "of NumPy", True, lambda: np.bool_(value)
    yield from _others(value, number=int(value), tensor=torch.tensor(value), nothing=None)


def _of_whole(value: int, draw: random.Random) -> Iterator[Variant]:
    yield "of NumPy", True, lambda: np.int32(value)
    yield from _others(
        value,
        below=-value - 1,
        zero=0,
        more=value + 1,
        twice=2 * value + 5,
        huge=10**12,
        text=str(value),
        float=float(value),
        tensor=torch.tensor(value),
    )


def _of_real(value: float, draw: random.Random) -> Iterator[Variant]:
    yield "of NumPy", True, lambda: np.float64(value)
    yield from _others(
        value,
        below=-value,
        zero=0.0,
        twice=2 * value + 1,
        huge=1e308,
        tiny=5e-324,
        nan=NAN,
        text=str(value),
        tensor=torch.tensor(value),
    )


def _of_text(value: str, draw: random.Random) -> Iterator[Variant]:
    yield from _others(
        value,
        upper=value.upper(),
        blanks=f" {value} ",
        longer=value + "x",
        empty="",
        bytes=value.encode(),
        list=[value],
    )


def _of_tensor(value: Tensor, draw: random.Random) -> Iterator[Variant]:
    yield "view", True, lambda: torch.stack([value, value], -1)[..., 0]
    yield "subclass", True, lambda: value.clone().as_subclass(type("Own", (Tensor,), {}))
    if value.is_floating_point():
        yield "with gradients", True, lambda: value.detach().clone().requires_grad_()
        yield "result with gradients", True, lambda: value.detach().clone().requires_grad_() * 1
        yield "negative view", True, lambda: torch._neg_view(-value)
        yield "parameter", True, lambda: torch.nn.Parameter(value.detach().clone())
        yield "inferred", True, lambda: _inferred(value)
        yield "nan", False, lambda: _with(value, 0, NAN)
        yield "infinite", False, lambda: _with(value, -1, INFINITY)
        yield "half", False, value.half
        yield "bfloat16", False, value.bfloat16
        yield "whole", False, value.long
    else:
        yield "below zero", False, lambda: _with(value.long(), -1, -1)
        yield "far", False, lambda: _with(value.long(), 0, 10**6)
        yield "int32", False, value.int
        yield "uint8", False, lambda: value.to(torch.uint8)
    yield "double", False, value.double
    yield "truths", False, value.bool
    yield "one more dimension", False, lambda: value.unsqueeze(0)
    yield "last dimension", False, lambda: value.unsqueeze(-1)
    yield "flat", False, value.flatten
    if value.dim():
        yield "turned", False, lambda: value.transpose(0, -1)
        yield "short", False, lambda: value[:-1]
        yield "long", False, lambda: torch.cat([value, value[-1:]])
        yield "empty", False, lambda: value[:0]
        yield "narrow", False, lambda: value[..., :-1]
        yield "sparse", False, value.to_sparse
    yield "meta", False, lambda: value.to("meta")
    yield "complex", False, lambda: value.to(torch.complex64)
    yield "array", False, value.numpy
    yield "list", False, value.tolist


def _inferred(value: Tensor) -> Tensor:
    with torch.inference_mode():
        return value.clone()


def _with(value: Tensor, place: int, entry: float) -> Tensor:
    value = value.clone()
    if value.numel():
        value.view(-1)[place] = entry
    return value


def _of_array(value: np.ndarray, draw: random.Random) -> Iterator[Variant]:
    yield "read only", True, lambda: _read_only(value)
    yield "Fortran", True, lambda: np.asfortranarray(value)
    yield "view", True, lambda: np.repeat(value, 2, axis=-1)[..., ::2]
    if value.dtype.kind in "fiu":
        holes = np.arange(value.size).reshape(value.shape) == 1
        yield "tensor", False, lambda: torch.from_numpy(value.copy())
        yield "masked", False, lambda: np.ma.masked_array(value, holes)
        yield "complex", False, lambda: value + 1j
        yield "other bytes", False, lambda: value.astype(value.dtype.newbyteorder())
    if value.dtype.kind == "f":
        yield "nan", False, lambda: np.where(value == value.flat[0], NAN, value)
        yield "infinite", False, lambda: np.where(value == value.flat[0], INFINITY, value)
        yield "half", False, lambda: value.astype(np.float16)
        yield "long double", False, lambda: value.astype(np.longdouble)
    yield "objects", False, lambda: value.astype(object)
    yield "texts", False, lambda: value.astype(str)
    yield "one more dimension", False, lambda: value[None]
    yield "last dimension", False, lambda: value[..., None]
    yield "turned", False, lambda: value.T
    yield "short", False, lambda: value[:-1]
    yield "narrow", False, lambda: value[..., :-1]
    yield "empty", False, lambda: value[:0]
    yield "list", False, value.tolist


def _read_only(value: np.ndarray) -> np.ndarray:
    value = value.copy()
    value.setflags(write=False)
    return value


def _of_graph(graph: Data, draw: random.Random) -> Iterator[Variant]:
    if type(graph) is not Data:
        return
    nodes, edges = graph.num_nodes, graph.edge_index
    yield "copy", True, graph.clone
    yield "known size", True, lambda: _edited(graph, num_nodes=nodes)
    yield "further values", True, lambda: _edited(graph, comment="own", nothing=None)
    for key in sorted(graph.keys()):
        value = graph[key]
        yield f"no {key}", False, lambda key=key: _without(graph, key)
        for other in (None, "abc", 3, [1, 2]):
            made = lambda key=key, other=other: _edited(graph, **{key: other})  # noqa: E731
            yield f"{key} is {other}", False, made
        if isinstance(value, Tensor):
            for name, same, make in _of_tensor(value, draw):
                made = lambda key=key, make=make: _edited(graph, **{key: make()})  # noqa: E731
                yield f"{key}: {name}", same, made
    if edges is not None:
        square = torch.eye(nodes)
        sized = {"sparse_size": (nodes, nodes)}
        yield "EdgeIndex", True, lambda: _edited(graph, edge_index=EdgeIndex(edges, **sized))
        yield "from 1", False, lambda: _edited(graph, edge_index=edges + 1)
        yield "of floats", False, lambda: _edited(graph, edge_index=edges.float())
        yield "adjacency", False, lambda: _edited(graph, edge_index=square.long())
        yield "sparse adjacency", False, lambda: _edited(graph, edge_index=square.to_sparse())
        yield "adj_t too", False, lambda: _edited(graph, adj_t=square.to_sparse_csr())
        plain = _without(graph, "edge_index")
        yield "adj_t", False, lambda: _edited(plain, adj_t=square.to_sparse_csr())
    yield "a node short", False, lambda: _edited(graph, num_nodes=nodes - 1)
    yield "a node more", False, lambda: _edited(graph, num_nodes=nodes + 1)
    yield "batch of one", False, lambda: Batch.from_data_list([graph])
    yield "batch of two", False, lambda: Batch.from_data_list([graph, graph])
    yield "of types", False, graph.to_heterogeneous
    yield "empty", False, Data
    yield "dict", False, graph.to_dict


def _edited(graph: Data, **parts: Any) -> Data:
    graph = graph.clone()
    for name, value in parts.items():
        graph[name] = value
    return graph


def _without(graph: Data, name: str) -> Data:
    graph = graph.clone()
    del graph[name]
    return graph


def _of_dict(value: dict[Any, Any], draw: random.Random) -> Iterator[Variant]:
    yield "empty", False, dict
    if not value:
        return
    key = draw.choice(list(value))
    yield "less", False, lambda: {k: one for k, one in value.items() if k != key}
    yield "more", False, lambda: {**value, "further": value[key]}
    yield "key of another kind", False, lambda: {**value, 3: value[key]}
    yield "pairs", False, lambda: list(value.items())
    yield f"[{key!r}] None", False, lambda: {**value, key: None}
    for name, same, make in variants(value[key], draw.randrange(100)):
        yield f"[{key!r}] {name}", same, lambda make=make: {**value, key: make()}


def _of_list(value: list[Any] | tuple[Any, ...], draw: random.Random) -> Iterator[Variant]:
    own = type(value)
    yield "empty", False, own
    if not value:
        return
    k = draw.randrange(len(value))
    yield "other sequence", False, lambda: tuple(value) if own is list else list(value)
    yield "less", False, lambda: own([*value[:k], *value[k + 1 :]])
    yield "one twice", False, lambda: own([*value[: k + 1], *value[k:]])
    yield "turned", False, lambda: own(reversed(value))
    yield "nested", False, lambda: own([own(value)])
    yield "iterator", False, lambda: iter(value)
    yield "array of objects", False, lambda: pd.Series(list(value), dtype=object).to_numpy()
    yield "series", False, lambda: pd.Series(list(value), range(5, 5 + len(value)))
    if all(isinstance(one, int | float) for one in value):
        yield "tensor", False, lambda: torch.tensor(value)
        yield "array", False, lambda: np.array(value)

    def put(other: Any) -> Any:
        return own([*value[:k], other, *value[k + 1 :]])

    for other in (None, NAN, "abc", object(), [1, 2], {"a": 1}, Data()):
        yield f"[{k}] {type(other).__name__}", False, lambda other=other: put(other)
    for name, same, make in variants(value[k], draw.randrange(100)):
        yield f"[{k}] {name}", same, lambda make=make: put(make())


def _of_frame(frame: pd.DataFrame, draw: random.Random) -> Iterator[Variant]:
    levels = pd.MultiIndex.from_product([["a"], frame.columns])
    yield "copy", True, frame.copy
    yield "no rows", False, lambda: frame.iloc[:0]
    yield "other index", False, lambda: frame.set_index(pd.Index(map(str, range(len(frame)))))
    yield "shuffled", False, lambda: frame.sample(frac=1, random_state=0)
    yield "twice", False, lambda: pd.concat([frame, frame.iloc[:, :1]], axis=1)
    yield "levels", False, lambda: frame.set_axis(levels, axis=1)
    for name in ("category", "object", "str"):
        yield name, False, lambda name=name: frame.astype(name)
    yield "nullable", False, frame.convert_dtypes
    yield "dict", False, lambda: frame.to_dict("list")
    yield "array", False, frame.to_numpy
    for column in map(str, frame.columns):
        rest = list(frame[column][1:])
        yield f"no {column}", False, lambda column=column: frame.drop(columns=[column])
        for other in (NAN, INFINITY, None, 1j, [1, 2]):
            cells = {column: [other, *rest]}
            yield f"{column}: {other}", False, lambda cells=cells: frame.assign(**cells)


_KINDS: dict[Any, Callable[[Any, random.Random], Iterator[Variant]]] = {
    bool: _of_truth,
    int: _of_whole,
    float: _of_real,
    str: _of_text,
    Tensor: _of_tensor,
    np.ndarray: _of_array,
    Data: _of_graph,
    pd.DataFrame: _of_frame,
    dict: _of_dict,
    list: _of_list,
    tuple: _of_list,
}
