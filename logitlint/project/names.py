"""Which names of a package a program uses: what its imports and its dotted names say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from logitlint.lowering import ir


def names_of(module: ir.Module, package: str, known_as: Mapping[str, str]) -> frozenset[str]:
    """The dotted names of a package that a program uses, with the modules they lie in, without the package's own name.

    ``import tensorflow as tf`` and ``tf.train.AdamOptimizer()`` give ``train.AdamOptimizer`` and ``train``. `known_as`
    are names that stand for a module when a program never binds them.
    """
    bound: dict[str, str] = {}
    chains: list[tuple[str, str]] = []
    found: set[str] = set()
    for node in _nodes(module):
        if isinstance(node, ir.Import):
            first = node.module.partition(".")[0]
            bound[node.asname or first] = node.module if node.asname else first
            found.add(node.module)
        elif isinstance(node, ir.ImportFrom) and not node.level:
            for name, local in node.names:
                bound[local] = f"{node.module}.{name}"
                found.add(bound[local])
        elif isinstance(node, ir.Attribute) and (chain := _chain(node)) is not None:
            chains.append(chain)
    for root, rest in chains:
        path = bound.get(root) or known_as.get(root)
        if path is not None:
            found.add(f"{path}.{rest}")
    inside = f"{package}."
    return frozenset(start for path in found if path.startswith(inside) for start in _starts(path.removeprefix(inside)))


def _nodes(module: ir.Module) -> Iterator[ir.Node]:
    """Every node of a program; of a dotted name only the whole."""
    pending: list[object] = [module.body]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            pending.extend(each)
        elif isinstance(each, ir.Node):
            yield each
            if not (isinstance(each, ir.Attribute) and _chain(each) is not None):
                pending.extend(msgspec.structs.astuple(each))


def _chain(node: ir.Attribute) -> tuple[str, str] | None:
    """The name at which a dotted name starts, and the rest; None for an attribute of anything else."""
    parts: list[str] = []
    value: ir.Expression = node
    while isinstance(value, ir.Attribute):
        parts.append(value.name)
        value = value.value
    return (value.name, ".".join(reversed(parts))) if isinstance(value, ir.Name) else None


def _starts(path: str) -> Iterator[str]:
    """``a``, ``a.b`` and ``a.b.c`` of ``a.b.c``."""
    parts = path.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))
