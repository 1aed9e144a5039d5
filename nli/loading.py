"""Models by name or folder: what the doors call once, so that everything else gets models as arguments."""

from nli.records import Classifier, Encoder, Judge


def load_encoder(name: str | None = None) -> Encoder:
    """The bi-encoder: None is the bundled one, else a folder or a Hugging Face name.

    Raises `nli.errors.ModelError` where it has no safe weights.
    """
    raise NotImplementedError


def load_classifier(name: str | None = None) -> Classifier:
    """The cross-encoder alone, probed: None is the bundled one, else a folder or a Hugging Face name.

    Raises `nli.errors.ModelError` where it has no safe weights, other labels than NLI's, or fails a probe.
    """
    raise NotImplementedError


def load_judge(name: str | None = None) -> Judge:
    """The judge of pairs: both directions, calibrated; None is the bundled one.

    Raises as `load_classifier`.
    """
    raise NotImplementedError
