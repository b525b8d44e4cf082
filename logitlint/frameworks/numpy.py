"""NumPy: what is done to predictions once they have left the framework."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.frameworks.mathematics import (
    CLAMPED,
    COMPARED,
    DECISIONS,
    EXP,
    LARGEST,
    LOG,
    NEGATIVE,
    PRODUCT,
    THRESHOLD,
    WHOLE,
    chosen,
)
from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Method,
    Property,
    Role,
    Row,
    SameAs,
    Takes,
    subject,
)
from logitlint.kinds import Kind

CONVENTIONAL: Mapping[str, str] = {"np": "numpy", "numpy": "numpy"}
"""Names that stand for a module when a snippet never binds them."""

OPERATORS: Mapping[str, str] = {
    "numpy.add": "+",
    "numpy.subtract": "-",
    "numpy.multiply": "*",
    "numpy.divide": "/",
    "numpy.true_divide": "/",
    "numpy.matmul": "@",
    "numpy.dot": "@",
}
"""Functions that are an operator by another name, when they are called with nothing but its operands."""

_UFUNC = "out=None, *, where=True, casting='same_kind', order='K', dtype=None, subok=True, signature=None"
_DETACHED = frozenset({Fact.TRAINS_NOT})
_DECIDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT})
_ROUNDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS})


def _function(
    name: str,
    signature: str,
    gives: Gives,
    *,
    takes: str,
    axes: Axes = Axes.KEPT,
    axis: str | None = None,
    facts: frozenset[Fact] = _DETACHED,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"numpy.{name}",
        signature=signature,
        takes={takes: subject()},
        gives=gives,
        axes=axes,
        axis=axis,
        facts=facts,
        aliases=aliases,
    )


def _comparison(name: str, gives: Gives) -> Function:
    return Function(
        name=f"numpy.{name}",
        signature=f"x1, x2, /, {_UFUNC}",
        takes={"x1": subject(), "x2": Takes(Role.OTHER)},
        gives=gives,
        facts=_DECIDED,
    )


def _within(name: str) -> Function:
    return Function(
        name=f"numpy.{name}",
        signature="a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
        takes={"a": subject(), "b": Takes(Role.OTHER)},
        facts=frozenset({Fact.COMPARES, Fact.TRAINS_NOT}),
    )


def _same(
    name: str,
    signature: str,
    axes: Axes,
    *,
    subject: str = "a",
    axis: str | None = None,
    sizes: str | None = None,
    aliases: tuple[str, ...] = (),
) -> SameAs:
    return SameAs(
        name=f"numpy.{name}",
        signature=signature,
        subject=subject,
        axes=axes,
        axis=axis,
        sizes=sizes,
        facts=_DETACHED,
        aliases=aliases,
    )


def _method(row: Function | SameAs) -> Method:
    return Method(name=row.name, row=row)


_ROUND = Depends("decimals", {0: THRESHOLD})


def _identity(name: str, signature: str, gives: Gives) -> Function:
    """The matrix whose rows are one-hot: ``np.eye(classes)[labels]`` picks one for each label."""
    return Function(name=f"numpy.{name}", signature=signature, gives=gives, axis=-1, rank=2)


FUNCTIONS: tuple[Row, ...] = (
    _function("log", f"x, /, {_UFUNC}", LOG, takes="x", facts=_DETACHED | {Fact.MONOTONE}),
    _function("exp", f"x, /, {_UFUNC}", EXP, takes="x", facts=_DETACHED | {Fact.MONOTONE}),
    _function("negative", f"x, /, {_UFUNC}", NEGATIVE, takes="x"),
    _function("rint", f"x, /, {_UFUNC}", THRESHOLD, takes="x", facts=_ROUNDED),
    _function("round", "a, decimals=0, out=None", _ROUND, takes="a", facts=_ROUNDED),
    _function("around", "a, decimals=0, out=None", _ROUND, takes="a", facts=_ROUNDED),
    _function("clip", "a, a_min=None, a_max=None, out=None, *, min=None, max=None, **kwargs", CLAMPED, takes="a"),
    _function(
        "argmax",
        "a, axis=None, out=None, *, keepdims=False",
        LARGEST,
        takes="a",
        axes=Axes.PICKED,
        axis="axis",
        facts=_DECIDED,
    ),
    _function(
        "argmin",
        "a, axis=None, out=None, *, keepdims=False",
        DECISIONS,
        takes="a",
        axes=Axes.PICKED,
        axis="axis",
        facts=_DECIDED,
    ),
    _function(
        "prod",
        "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None",
        PRODUCT,
        takes="a",
        axes=Axes.PICKED,
        axis="axis",
    ),
    _function("where", "condition, x=None, y=None, /", chosen("x", "y"), takes="condition", facts=_DECIDED),
    _identity(
        "eye",
        "N, M=None, k=0, dtype=None, order='C', *, device=None, like=None",
        Depends("M", {None: Depends("k", {0: Kind.ONE_HOT})}),
    ),
    _identity("identity", "n, dtype=None, *, like=None", Kind.ONE_HOT),
    _comparison("greater", THRESHOLD),
    _comparison("greater_equal", THRESHOLD),
    _comparison("less", COMPARED),
    _comparison("less_equal", COMPARED),
    _comparison("equal", COMPARED),
    _within("allclose"),
    _within("isclose"),
    _same("mean", "a, axis=None, dtype=None, out=None, keepdims=False, *, where=None", Axes.POOLED, axis="axis"),
    _same(
        "sum", "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None", Axes.SUMMED, axis="axis"
    ),
    _same(
        "max",
        "a, axis=None, out=None, keepdims=False, initial=None, where=None",
        Axes.PICKED,
        axis="axis",
        aliases=("numpy.amax",),
    ),
    _same(
        "min",
        "a, axis=None, out=None, keepdims=False, initial=None, where=None",
        Axes.PICKED,
        axis="axis",
        aliases=("numpy.amin",),
    ),
    _same(
        "concatenate",
        "arrays, /, axis=0, out=None, *, dtype=None, casting='same_kind'",
        Axes.JOINED,
        subject="arrays",
        axis="axis",
    ),
    _same("stack", "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'", Axes.JOINED, subject="arrays"),
    _same("hstack", "tup, *, dtype=None, casting='same_kind'", Axes.JOINED, subject="tup"),
    _same("vstack", "tup, *, dtype=None, casting='same_kind'", Axes.JOINED, subject="tup"),
    _same("reshape", "a, /, shape, order='C', *, copy=None", Axes.RESHAPED, sizes="shape"),
    _same("squeeze", "a, axis=None", Axes.RESHAPED, axis="axis"),
    _same("expand_dims", "a, axis", Axes.RESHAPED, axis="axis"),
    _same("ravel", "a, order='C'", Axes.RESHAPED),
    _same("transpose", "a, axes=None", Axes.PERMUTED),
    _same(
        "array",
        "object, dtype=None, *, copy=True, order='K', subok=False, ndmin=0, ndmax=0, like=None",
        Axes.KEPT,
        subject="object",
    ),
    _same("asarray", "a, dtype=None, order=None, *, device=None, copy=None, like=None", Axes.KEPT),
    _same("copy", "a, order='K', subok=False", Axes.KEPT),
    *(_same(name, "value=0, /", Axes.KEPT, subject="value") for name in ("float16", "float32", "float64")),
)

REAL = ("float", "float16", "bfloat16", "float32", "float64")
"""Types of real numbers, by their names in NumPy and JAX: what is turned into one means what it did."""

_METHODS: tuple[Row, ...] = (
    _method(
        _function(
            "ndarray.astype",
            "a, dtype, order='K', casting='unsafe', subok=True, copy=True",
            Depends("dtype", dict.fromkeys(REAL, Axes.KEPT), WHOLE),
            takes="a",
        )
    ),
    _method(_function("ndarray.round", "a, decimals=0, out=None", _ROUND, takes="a", facts=_ROUNDED)),
    _method(_function("ndarray.clip", "a, min=None, max=None, out=None", CLAMPED, takes="a")),
    _method(
        _function(
            "ndarray.argmax",
            "a, axis=None, out=None, *, keepdims=False",
            LARGEST,
            takes="a",
            axes=Axes.PICKED,
            axis="axis",
            facts=_DECIDED,
        )
    ),
    _method(
        _function(
            "ndarray.argmin",
            "a, axis=None, out=None, *, keepdims=False",
            DECISIONS,
            takes="a",
            axes=Axes.PICKED,
            axis="axis",
            facts=_DECIDED,
        )
    ),
    _method(
        _same(
            "ndarray.mean",
            "a, axis=None, dtype=None, out=None, keepdims=False, *, where=True",
            Axes.POOLED,
            axis="axis",
        )
    ),
    _method(
        _same(
            "ndarray.sum",
            "a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True",
            Axes.SUMMED,
            axis="axis",
        )
    ),
    _method(
        _same(
            "ndarray.max", "a, axis=None, out=None, keepdims=False, initial=None, where=True", Axes.PICKED, axis="axis"
        )
    ),
    _method(
        _same(
            "ndarray.min", "a, axis=None, out=None, keepdims=False, initial=None, where=True", Axes.PICKED, axis="axis"
        )
    ),
    _method(_same("ndarray.squeeze", "a, axis=None", Axes.RESHAPED, axis="axis")),
    _method(_same("ndarray.transpose", "a, *axes", Axes.PERMUTED)),
    _method(_same("ndarray.copy", "a, order='C'", Axes.KEPT)),
    # What encoders give is a sparse matrix, unless they are told otherwise.
    Method(
        name="scipy.sparse.csr_matrix.toarray",
        row=SameAs(
            name="scipy.sparse.csr_matrix.toarray",
            signature="self, order=None, out=None",
            subject="self",
            axes=Axes.KEPT,
            facts=_DETACHED,
        ),
    ),
    Property(name="numpy.ndarray.T", row=_same("ndarray.T", "a", Axes.PERMUTED)),
)

ROWS: tuple[Row, ...] = (*FUNCTIONS, *_METHODS)
