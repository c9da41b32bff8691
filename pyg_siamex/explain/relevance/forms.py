"""Heads whose pair matrices are products of two factors."""

from pyg_siamex.nn.similarity import ProductForm, Similarity


def exact_form(similarity: Similarity) -> ProductForm | None:
    """The head's form where it is the similarity itself, so that its curvature is constant."""
    form = similarity.product_form()
    return form if form is not None and form.exact else None


def factor_form(similarity: Similarity) -> ProductForm:
    """The form that makes all pair matrices of a head products of two factors.

    Raises:
        ValueError: If the head has no such form.
    """
    form = similarity.product_form()
    if form is None:
        raise ValueError(
            f"{type(similarity).__name__} has no pair matrix that is a product of two factors: "
            f"explain its pairs one by one with PairExplainer"
        )
    return form
