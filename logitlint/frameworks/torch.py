"""PyTorch: all its rows, the conventional names, and the modules under which it hides what it documents elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.frameworks import (
    torch_activations,
    torch_distributions,
    torch_layers,
    torch_losses,
    torch_operations,
)
from logitlint.frameworks.vocabulary import Row

CONVENTIONAL: Mapping[str, str] = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}
"""Names that stand for a module when a snippet never binds them."""

SYNONYMS: Mapping[str, str] = {"axis": "dim", "keepdims": "keepdim"}
"""Keywords that PyTorch's operations accept in NumPy's spelling."""

OPERATORS: Mapping[str, str] = {
    "torch.add": "+",
    "torch.sub": "-",
    "torch.subtract": "-",
    "torch.mul": "*",
    "torch.multiply": "*",
    "torch.div": "/",
    "torch.divide": "/",
    "torch.true_divide": "/",
    "torch.matmul": "@",
    "torch.mm": "@",
    "torch.bmm": "@",
    "torch.Tensor.add": "+",
    "torch.Tensor.sub": "-",
    "torch.Tensor.subtract": "-",
    "torch.Tensor.mul": "*",
    "torch.Tensor.multiply": "*",
    "torch.Tensor.div": "/",
    "torch.Tensor.divide": "/",
    "torch.Tensor.true_divide": "/",
    "torch.Tensor.matmul": "@",
    "torch.Tensor.mm": "@",
    "torch.Tensor.bmm": "@",
}
"""Functions and methods that are an operator by another name, when they are called with nothing but its operands."""

HOMES: Mapping[str, str] = {
    "torch.nn.modules": "torch.nn",
    "torch.nn.modules.*": "torch.nn",
    "torch.nn.parameter": "torch.nn",
    "torch.nn.parallel": "torch.nn",
    "torch.nn.parallel.data_parallel": "torch.nn",
    "torch.nn.parallel.distributed": "torch.nn.parallel",
    "torch.distributions.*": "torch.distributions",
    "torch.functional": "torch",
    "torch.autograd.variable": "torch.autograd",
    "torch.autograd.grad_mode": "torch.autograd",
    "torch.amp.autocast_mode": "torch.amp",
    "torch._C._nn": "torch.nn.functional",
}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

ROWS: tuple[Row, ...] = (
    *torch_activations.ROWS,
    *torch_losses.ROWS,
    *torch_layers.ROWS,
    *torch_operations.ROWS,
    *torch_distributions.ROWS,
)
