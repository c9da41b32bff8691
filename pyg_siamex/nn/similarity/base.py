r"""The base class of all similarity heads, and the properties that each declares."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from pyg_siamex._given import either
from pyg_siamex._visible import in_one_line
from pyg_siamex.nn.similarity.curvature import Points, summed_curvature
from pyg_siamex.nn.similarity.form import Form, Linearise, ProductForm
from pyg_siamex.nn.similarity.metric import Metric

OF_FORWARD = (
    "broadcasts",
    "curved",
    "product_form",
    "pair_forms",
    "order_metric",
    "mixed_products",
)
"""Properties of a head's ``forward`` that do not hold for another ``forward``."""


class Similarity(nn.Module, ABC):
    r"""Base class of all heads: a function of two embeddings.

    A custom head needs only ``forward``. It can then be trained, explained by masks, gradients and
    integrated Jacobians, and searched by comparing a query with every entry. Further methods allow
    more. A head with :meth:`product_form` can be explained by
    :class:`~pyg_siamex.explain.BiLRP` and for all pairs of a data set at once. A head with
    :meth:`order_metric` can be trained by metric losses and searched by an index.

    The properties of a class do not hold for a subclass with another ``forward``. Such a subclass
    gets the defaults back unless it defines them itself.

    Attributes:
        broadcasts: Whether ``forward`` takes ``[..., D]`` of any shapes that broadcast, and of any
            precision. Otherwise it is called with two matrices, a row for each comparison.
        curved: Whether the mixed second derivative is known not to vanish. Otherwise integrated
            Jacobians refuse the head if they leave most of the similarity unexplained.
        sized: Whether the constructor takes the size D of the embeddings.

    Example:
        >>> class Weighted(Similarity):
        ...     def __init__(self, channels):
        ...         super().__init__()
        ...         self.weight = torch.nn.Parameter(torch.ones(channels))
        ...
        ...     def forward(self, a, b):
        ...         return (self.weight * a * b).sum(-1)
        ...
        ...     def product_form(self):
        ...         return ProductForm(metric=self.weight.detach())
    """

    broadcasts: ClassVar[bool] = False
    curved: ClassVar[bool] = False
    sized: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Reset inherited properties if this class defines another ``forward``."""
        super().__init_subclass__(**kwargs)
        computes = _owner(cls, "forward")
        for name in OF_FORWARD:
            if _owner(cls, name) > computes:
                setattr(cls, name, vars(Similarity)[name])

    def __call__(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare embeddings that fit each other, see :meth:`forward`.

        Raises:
            TypeError: If they are no dense tensors.
            ValueError: If they are not of equal width, of floats and on one device, their rows do
                not broadcast, or they do not fit the weights of the head.
        """
        _check_alike(self, a, b)
        try:
            found: Tensor = super().__call__(a, b)
        except RuntimeError as error:
            reason = _unfit(self, a, error)
            if reason is None:
                raise
            raise ValueError(reason) from error
        return found

    @abstractmethod
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare embeddings ``a`` and ``b``, ``[..., D]`` each, and return ``[...]``."""

    def product_form(self) -> ProductForm | None:
        """The similarity as products of the two embeddings, or ``None`` if it has no such form."""
        return None

    def pair_forms(self, a: Tensor, b: Tensor, linearise: Linearise) -> list[Form] | None:
        """The form of each of B pairs.

        Args:
            a: Embeddings of the queries, ``[B, D]``.
            b: Embeddings of the references, ``[B, D]``.
            linearise: Gives a coefficient to each input of a network in the head.

        Returns:
            By default the forms of :meth:`product_form`, or ``None`` if the head has no form.
        """
        form = self.product_form()
        return None if form is None else form.pairs(a, b)

    def order_metric(self) -> Metric | None:
        """A metric that orders pairs as the head does, or ``None`` if the head has none."""
        return None

    def mixed_products(self, query: Points, reference: Points) -> Tensor:
        """Factors around the mixed second derivative, summed over all pairs of points.

        Args:
            query: Embeddings ``[P, D]`` and factors ``[P, D, n]`` along the query's path.
            reference: The same for the reference, with ``m`` in place of ``n``.

        Returns:
            ``[n, m]``; see :func:`~pyg_siamex.nn.similarity.curvature.summed_curvature`.
        """
        return summed_curvature(lambda a, b: compare(self, a, b), query, reference)


def compare(head: Similarity, a: Tensor, b: Tensor) -> Tensor:
    """Compare ``[..., D]`` with ``[..., D]`` by any head; returns ``[...]``.

    A head that does not broadcast sees two matrices, a row for each comparison.

    Raises:
        TypeError: If ``head`` is no head, or the embeddings are no dense tensors.
        ValueError: If the embeddings do not fit each other, or the head does not return one number
            per row.
    """
    # No door: it is called at every step of an optimisation.
    if isinstance(head, Similarity) and head.broadcasts:
        return head(a, b)  # which checks them itself
    _check_alike(head, a, b)
    return by_rows(head, a, b)


def _check_alike(head: Any, a: Any, b: Any) -> None:
    if not (isinstance(head, Similarity) and isinstance(a, Tensor) and isinstance(b, Tensor)):
        given = ", ".join(type(one).__name__ for one in (head, a, b))
        raise TypeError(f"a Similarity and two tensors are compared (got {given})")
    if a.layout is not b.layout or a.layout is not torch.strided or a.is_nested or b.is_nested:
        got = ", ".join("nested" if one.is_nested else str(one.layout) for one in (a, b))
        raise TypeError(
            f"dense embeddings are compared (got {got}): use .to_dense() of sparse ones, and "
            f"to_padded_tensor or unbind of nested ones"
        )
    if a.device != b.device:
        raise ValueError(f"embeddings on {a.device} and on {b.device}: move them to one device")
    if a.shape == b.shape and a.dim() and a.dtype == b.dtype and a.is_floating_point():
        return
    alike = a.shape[-1:] == b.shape[-1:] != () and a.is_floating_point() and b.is_floating_point()
    if alike and a.dim() == b.dim() == 2 and not _broadcast(a.shape[:-1], b.shape[:-1]):
        raise ValueError(
            f"there are {len(a)} embeddings on one side and {len(b)} on the other: compare as "
            f"many, or one with all"
        )
    if not alike or not _broadcast(a.shape[:-1], b.shape[:-1]):
        raise ValueError(
            f"embeddings of equal width and of floats are compared, in as many rows or one (got "
            f"{list(a.shape)} of {a.dtype} and {list(b.shape)} of {b.dtype})"
        )


def _unfit(head: nn.Module, a: Tensor, error: RuntimeError) -> str | None:
    """Why embeddings do not fit the weights of a head, or ``None`` if nothing is known."""
    name, told = type(head).__name__, str(error)
    places = {one.device for one in (*head.parameters(), *head.buffers())}
    if places and a.device not in places:
        wanted = ", ".join(sorted(map(str, places)))
        return f"{name} is on {wanted}, and the embeddings are on {a.device}: move either"
    types = {one.dtype for one in head.parameters() if one.is_floating_point()}
    if "dtype" in told and types and a.dtype not in types:
        wanted = ", ".join(sorted(map(str, types)))
        return f"{name} computes in {wanted}, and the embeddings are {a.dtype}: convert either"
    if "shapes cannot be multiplied" in told or "must match the size of tensor" in told:
        width = getattr(head, "channels", None)
        takes, gets = (width, a.size(-1)) if isinstance(width, int) else _widths(told, a)
        return (
            f"{name} is of another width than the embeddings, {list(a.shape)}: it takes {takes} "
            f"and gets {gets}; give the head as many channels as the model's embeddings have"
        )
    return None


def _widths(told: str, a: Tensor) -> tuple[str, str]:
    """The width that weights take and the one that they get, from torch's words of two tensors."""
    product = re.search(r"\(\d+x(\d+) and (\d+)x\d+\)", told)
    if product is not None:
        return product[2], product[1]
    own = str(a.size(-1))
    others = [size for size in re.findall(r"\((\d+)\)", told) if size != own]
    return next(iter(others), "another number"), own


def _broadcast(one: torch.Size, other: torch.Size) -> bool:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)


def by_rows(
    head: Callable[[Tensor, Tensor], Any], a: Tensor, b: Tensor, name: str | None = None
) -> Tensor:
    """Compare ``[..., D]`` with ``[..., D]`` by a function of two matrices; returns ``[...]``.

    Args:
        head: The function.
        a: Embeddings ``[..., D]``.
        b: Embeddings ``[..., D]``.
        name: What the function is called in messages. Default: its class.

    Raises:
        ValueError: If it does not return one number per row.
    """
    name = either(name, type(head).__name__)
    a, b = torch.broadcast_tensors(a, b)
    count, width = a.shape[:-1].numel(), a.size(-1)
    # Copies, which a head may write into.
    rows = a.reshape(count, width).clone(), b.reshape(count, width).clone()
    try:
        s = head(*rows)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        told = in_one_line(str(error), 200)
        raise ValueError(
            f"the similarity head {name} failed with {type(error).__name__}: {told}"
        ) from error
    if not isinstance(s, Tensor) or s.shape not in ((len(rows[0]),), (len(rows[0]), 1)):
        got = list(s.shape) if isinstance(s, Tensor) else type(s).__name__
        raise ValueError(
            f"the similarity head {name} returned {got} for two matrices "
            f"{list(rows[0].shape)}: it must return a number for each row, [{len(rows[0])}]"
        )
    if not s.is_floating_point():
        raise ValueError(
            f"the similarity head {name} returned {s.dtype}: it must return real numbers"
        )
    return s.reshape(a.shape[:-1])


def _owner(cls: type, name: str) -> int:
    """Position of the class that defines ``name`` in the method resolution order."""
    return next(place for place, kind in enumerate(cls.__mro__) if name in vars(kind))
