"""The models that the commands and the service work with, loaded once."""

from dataclasses import dataclass

from app.settings import Settings
from nli.loading import load_encoder, load_judge
from nli.records import Encoder, QuickJudge


@dataclass(frozen=True, slots=True)
class Models:
    """The two models of the main job."""

    encoder: Encoder
    judge: QuickJudge


def load_models(settings: Settings) -> Models:
    """The models that the settings name, bundled where they name none.

    Raises `nli.errors.ModelError` where one cannot be used.
    """
    return Models(load_encoder(settings.encoder), load_judge(settings.nli_model))
