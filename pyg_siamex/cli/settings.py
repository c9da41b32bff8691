"""What a user asks of a model and its training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The model and its training; ``None`` for what is advised for the kind of graphs."""

    encoder: str | None
    hidden: int
    layers: int | None
    pool: str | None
    similarity: str
    loss: str
    epochs: int | None
    lr: float | None
    seed: int
