"""Which modules of an encoder are running."""

from torch import nn
from torch_geometric.nn.conv import MessagePassing


class RunningModules:
    """The modules that are running, the outermost first, with their paths."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, nn.Module]] = []

    def enter(self, path: str, module: nn.Module) -> None:
        """Note that a module starts."""
        self._stack.append((path, module))

    def leave(self) -> None:
        """Note that the innermost module ends."""
        self._stack.pop()

    @property
    def innermost(self) -> nn.Module | None:
        """The module whose own code is running."""
        return self._stack[-1][1] if self._stack else None

    @property
    def convolution(self) -> str | None:
        """Path of the graph convolution that is running, if any."""
        inside = (path for path, module in self._stack if isinstance(module, MessagePassing))
        return next(inside, None)

    @property
    def layer(self) -> str:
        """Path of the graph convolution that is running, or else of the innermost module."""
        return self.convolution or (self._stack[-1][0] if self._stack else "")

    def refusal(self, what: str) -> ValueError:
        """The error for an operation without a rule, naming the module that does it."""
        path, module = self._stack[-1] if self._stack else ("the model", None)
        kind = "" if module is None else f" ({type(module).__name__})"
        return ValueError(
            f"{what} in '{path}'{kind} has no relevance rule: replace it by a layer that BiLRP "
            f"supports, or use IntegratedJacobians, which needs no rules"
        )

    def no_rule(self, why: str) -> ValueError:
        """The error for a layer without a rule."""
        path, module = self._stack[-1]
        return ValueError(f"layer '{path}' ({type(module).__name__}) has no relevance rule: {why}")
