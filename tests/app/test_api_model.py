"""The service once on the real weights: the user's own pair, put and found."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.api import create_app
from app.archive import open_archive
from nli.loading import load_classifier, load_encoder, load_judge
from tests.app.served import NOT_SIGNED, SIGNED, url_in

pytestmark = pytest.mark.model


def test_a_denial_meets_the_event_that_it_denies(tmp_path: Path) -> None:
    archive = open_archive(url_in(tmp_path), load_encoder(), load_judge())
    with TestClient(create_app(archive, load_classifier())) as client:
        assert client.put("/v1/articles/signed", json=SIGNED).status_code == 201
        assert client.put("/v1/articles/denied", json=NOT_SIGNED).status_code == 201
        [found] = client.get("/v1/contradictions").json()["items"]
        assert {found["left"]["article"], found["right"]["article"]} == {"signed", "denied"}
        checked = client.post("/v1/check", json={"text": NOT_SIGNED["text"]}).json()
        first = checked["items"][0]
        assert first["relation"] == "contradiction"
        assert "signed" in {first["left"]["article"], first["right"]["article"]}
        pair = {"id": "p", "premise": "It rained in Paris all day.", "hypothesis": "It did not rain in Paris."}
        assert client.post("/v1/judgements", json={"pairs": [pair]}).json()["items"][0]["label"] == "contradiction"
        assert client.get("/readyz").status_code == 200
