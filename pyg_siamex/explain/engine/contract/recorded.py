"""Record the outputs of an encoder's modules while it runs."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from pyg_siamex.explain.engine.threads import only_here


@dataclass
class _Recorded:
    """Outputs in the order in which modules ran.

    Attributes:
        outputs: Module and output of each call.
    """

    outputs: list[tuple[nn.Module, Tensor]] = field(default_factory=list)

    @property
    def last(self) -> nn.Module | None:
        """The module that ran last."""
        return self.outputs[-1][0] if self.outputs else None

    def calls(self, module: nn.Module, passes: int) -> list[list[Tensor]]:
        """Outputs of each call that the encoder makes to ``module``, one for each pass.

        Args:
            module: The module.
            passes: Number of runs of the encoder: once for a union, or once for each graph.
        """
        own = [output for owner, output in self.outputs if owner is module]
        calls = len(own) // passes
        return [own[call::calls] for call in range(calls)]


@contextmanager
def recorded(modules: Iterable[nn.Module]) -> Iterator[_Recorded]:
    """Record the outputs of ``modules`` inside the block."""
    found = _Recorded()

    def record(module: nn.Module, _: Any, output: Any) -> None:
        found.outputs.append((module, output[0] if isinstance(output, tuple) else output))

    with ExitStack() as hooks:
        for module in modules:
            hooks.callback(module.register_forward_hook(only_here(record)).remove)
        yield found
