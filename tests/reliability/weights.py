"""Starts the service with six folders of broken weights: `python -m tests.reliability.weights`.

Each must end it with status 2 and one line that names the folder, before it serves anything.
"""

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from nli.loading import BUNDLED


def lacking(folder: Path) -> None:
    (folder / "layers.bin").unlink()


def cut_short(folder: Path) -> None:
    part = folder / "layers.bin"
    with part.open("r+b") as file:
        file.truncate(part.stat().st_size // 2)


def changed(folder: Path) -> None:
    part = folder / "embeddings.bin"
    with part.open("r+b") as file:
        file.seek(part.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def no_graph(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()
    (folder / "model.onnx").write_bytes(b"\x08\x07" + b"\xff" * 4096)


def other_labels(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()
    config = json.loads((folder / "config.json").read_text())
    config["id2label"], config["label2id"] = {"0": "good", "1": "bad"}, {"good": 0, "bad": 1}
    (folder / "config.json").write_text(json.dumps(config))


def pickled(folder: Path) -> None:
    for name in ("SHA256SUMS", "model.onnx", "layers.bin", "embeddings.bin"):
        (folder / name).unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": [0.0]}))


BROKEN: Mapping[str, Callable[[Path], None]] = {
    each.__name__.replace("_", " "): each for each in (lacking, cut_short, changed, no_graph, other_labels, pickled)
}


def refused(folder: Path, database: Path) -> str:
    """The line with which the service refuses a folder. Raises AssertionError where it does otherwise."""
    options = ["serve", "--port", "0", "--nli-model", str(folder), "--db", f"sqlite:///{database}"]
    ended = subprocess.run(
        [sys.executable, "-m", "app", *options], capture_output=True, text=True, timeout=300, check=False
    )
    lines = ended.stderr.strip().splitlines()
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr
    assert str(folder.name) in ended.stderr, ended.stderr
    return lines[-1]


def main(names: Mapping[str, Callable[[Path], None]] = BROKEN) -> None:
    for name, breaks in names.items():
        with TemporaryDirectory() as root:
            folder = Path(root) / "weights"
            shutil.copytree(BUNDLED / "base", folder)
            breaks(folder)
            told = refused(folder, Path(root) / "counterclaim.db").replace(root, "")
        print(f"{name}: {told}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
