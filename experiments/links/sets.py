"""Graphs of people with planted reasons for links, and exact truth."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

FEATURES = 16
"""Features besides the kind of a node."""

_REASONS, _OTHERS = 3, 4
"""Things that a person has, and acquaintances."""


@dataclass(frozen=True)
class Planted:
    """A graph, pairs of people and the reasons of their links.

    Attributes:
        graph: People first. Links are no edges of the graph.
        pairs: ``[P, 2]``.
        linked: Whether a pair is a link, ``[P]``.
        has: What each person has, ``[people, 3]``: numbers of nodes.
        key: What a thing stands for, ``[things]``: two people are a link if they have things of one
            key, and these are the reason.
    """

    graph: Data
    pairs: Tensor
    linked: Tensor
    has: Tensor
    key: Tensor

    def reasons(self, pair: int) -> set[tuple[int, int]]:
        """Edges that make a pair a link, lower node first."""
        people, owned = self.pairs[pair].tolist(), self.has[self.pairs[pair]]
        keys = [self.key[things - len(self.has)] for things in owned]
        shared = {*keys[0].tolist()} & {*keys[1].tolist()}
        return {
            (person, int(thing))
            for person, things, own in zip(people, owned, keys, strict=True)
            for thing, key in zip(things, own, strict=True)
            if int(key) in shared
        }


def common_neighbours(people: int, pairs: int, seed: int) -> Planted:
    """People are linked if they know one and the same expert; acquaintances do not count."""
    torch.manual_seed(seed)
    experts = people // 4
    has = torch.stack([torch.randperm(experts)[:_REASONS] for _ in range(people)])
    return _planted(has, torch.arange(experts), torch.randn(experts, FEATURES), pairs)


def shared_attributes(people: int, pairs: int, seed: int) -> Planted:
    """People are linked if they own things of one kind, each their own."""
    torch.manual_seed(seed)
    kinds = FEATURES
    kind = torch.stack([torch.randperm(kinds)[:_REASONS] for _ in range(people)])
    has = torch.arange(people * _REASONS).view(people, _REASONS)
    return _planted(has, kind.flatten(), torch.eye(kinds)[kind.flatten()], pairs)


def communities(people: int, pairs: int, seed: int) -> Planted:
    """People are linked if they are of one community, which only their own things show."""
    torch.manual_seed(seed)
    groups = 6
    group = torch.randint(groups, (people, 1)).expand(people, _REASONS).flatten()
    has = torch.arange(people * _REASONS).view(people, _REASONS)
    centres = torch.randn(groups, FEATURES)
    return _planted(has, group, centres[group] + 0.5 * torch.randn(len(group), FEATURES), pairs)


SETS = {
    "common neighbours": common_neighbours,
    "shared attributes": shared_attributes,
    "communities": communities,
}


def _planted(has: Tensor, key: Tensor, features: Tensor, pairs: int) -> Planted:
    people, things = len(has), len(key)
    person = torch.arange(people).repeat_interleave(_REASONS)
    known = torch.randint(people, (2, people * _OTHERS // 2))
    own = torch.stack([person, has.flatten() + people])
    edges = torch.cat([own, known[:, known[0] != known[1]]], dim=1)
    kinds = torch.zeros(people + things, 2).scatter(
        1, (torch.arange(people + things) >= people).long().view(-1, 1), 1.0
    )
    x = torch.cat([torch.zeros(people, FEATURES), features])
    graph = Data(x=torch.cat([x, kinds], dim=1), edge_index=to_undirected(edges))
    drawn, linked = _balanced(key[has], pairs)
    return Planted(graph, drawn, linked, has + people, key)


def _balanced(keys: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Pairs of different people, half of them with a common key."""
    people = len(keys)
    drawn = torch.randint(people, (200 * count, 2))
    drawn = drawn[drawn[:, 0] < drawn[:, 1]].unique(dim=0)
    drawn = drawn[torch.randperm(len(drawn))]
    common = (keys[drawn[:, 0]][:, :, None] == keys[drawn[:, 1]][:, None]).flatten(1).any(1)
    parts = [drawn[common][: count // 2], drawn[~common][: count // 2]]
    linked = torch.cat([torch.ones(len(parts[0])), torch.zeros(len(parts[1]))])
    order = torch.randperm(len(linked))
    return torch.cat(parts)[order], linked[order].bool()
