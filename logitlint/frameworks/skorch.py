"""skorch: estimators that are given a module and a criterion, as classes or as instances.

`NeuralNetClassifier` takes the logarithm itself before `NLLLoss`, so the module must then give probabilities.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Receiver, Row, Want

_NETS: Final = "https://skorch.readthedocs.io/en/stable/net.html"
_CLASSIFIERS: Final = "https://skorch.readthedocs.io/en/stable/classifier.html"

ROWS: Final[tuple[Row, ...]] = (
    Receiver(
        name="skorch.NeuralNet",
        signature="module, criterion, optimizer=None, lr=0.01, max_epochs=10, batch_size=128, iterator_train=None, "
        "iterator_valid=None, dataset=None, train_split=None, callbacks=None, predict_nonlinearity='auto', "
        "warm_start=False, "
        "verbose=1, device='cpu', compile=False, use_caching='auto', torch_load_kwargs=None, **kwargs",
        model="module",
        criterion="criterion",
        aliases=("skorch.net.NeuralNet",),
        source=_NETS,
    ),
    Receiver(
        name="skorch.NeuralNetClassifier",
        signature="module, *args, criterion=None, train_split=None, classes=None, **kwargs",
        model="module",
        criterion="criterion",
        default="torch.nn.NLLLoss",
        adapts={"torch.nn.NLLLoss": Want.CLASS_PROBABILITIES},
        aliases=("skorch.classifier.NeuralNetClassifier",),
        source=_CLASSIFIERS,
    ),
    Receiver(
        name="skorch.NeuralNetBinaryClassifier",
        signature="module, *args, criterion=None, train_split=None, threshold=0.5, **kwargs",
        model="module",
        criterion="criterion",
        default="torch.nn.BCEWithLogitsLoss",
        aliases=("skorch.classifier.NeuralNetBinaryClassifier",),
        source=_CLASSIFIERS,
    ),
    Receiver(
        name="skorch.NeuralNetRegressor",
        signature="module, *args, criterion=None, **kwargs",
        model="module",
        criterion="criterion",
        default="torch.nn.MSELoss",
        aliases=("skorch.regressor.NeuralNetRegressor",),
        source="https://skorch.readthedocs.io/en/stable/regressor.html",
    ),
)
