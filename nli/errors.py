"""What can go wrong with a model, each carrying its evidence.

ModelError
  MissingWeights     the folder or name holds no safetensors or ONNX weights
  UnsafeWeights      only pickled weights are there, or the model wants to run its own code
  WrongLabels        the classifier has not exactly entailment, neutral and contradiction
  FailedProbe        it loads, but gives wrong answers to pairs that no NLI model may miss
"""


class ModelError(Exception):
    """The root of this package's errors: which model, what is wrong, what was expected."""

    def __init__(self, model: str, what: str, expected: str) -> None:
        super().__init__(f"model {model}: {what}; expected {expected}")
        self.model, self.what, self.expected = model, what, expected


class MissingWeights(ModelError):
    """There are no weights to load."""


class UnsafeWeights(ModelError):
    """The weights could run code while they load."""


class WrongLabels(ModelError):
    """The classifier's labels are not the three of natural language inference."""


class FailedProbe(ModelError):
    """The labels may be named wrongly: the probe pairs got other answers than they must."""
