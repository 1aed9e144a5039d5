"""Train the bi-encoder to find partners: `python -m nli.training.encoder STORIES... --start MINILM --output FOLDER`.

A row of STORIES is a story as `eval.training_pairs` writes it: `claims` (article and text of each), `partners`
(positions of two that contradict, follow from or supersede each other) and `unsure` (two of which nobody knows). Or a
row is a written pair (`premise`, `hypothesis`, `label`, `story`): some such stories together make one.

Within a story a claim shall be nearer to its partners than to the claims of other articles, so the loss is that of
contrastive learning with many negatives (van den Oord et al. 2018), each partner by itself against what is no partner;
claims that were near copies before are no negatives. A second term ties all cosines to what they were, for stories are
found by them too. FOLDER gets a transformers folder and, below `onnx/`, the 8-bit form that is shipped.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from torch.nn.functional import normalize, softplus
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from nli.training.data import rows
from nli.training.export import GRAPH, OPSET, write_checksums
from nli.training.outliers import quantise, reach, set_apart
from nli.training.train import quick_in_bfloat16, rate_factor

TEMPERATURE, TIE = 0.05, 20.0
"""Of the contrastive loss, and the weight of the squared change of cosines."""

NEAR_COPY = 0.75
"""Claims whose cosine was this may say the same, labelled or not."""

AT_ONCE, TOGETHER = 64, 6
"""Claims of a story in one step, and written stories that make one."""

RATE, WARM_UP, DROPOUT, LONGEST, SEED = 3e-5, 0.08, 0.05, 96, 3
FROZEN = ("embeddings", "layer.0.")
EXPORTED_ON = 256
"""Texts that show the export how far activations reach."""


@dataclass(frozen=True, slots=True)
class Story:
    """Claims that stand in one another's way: their articles and texts, and positions of pairs."""

    articles: tuple[str, ...]
    texts: tuple[str, ...]
    partners: tuple[tuple[int, int], ...]
    unsure: tuple[tuple[int, int], ...] = ()

    def part(self, chance: random.Random, size: int = AT_ONCE) -> "Story":
        """At most `size` claims: of the partners as many as fit, then others by chance."""
        partners = list(self.partners)
        if len({place for pair in partners for place in pair}) > size:
            partners = chance.sample(partners, min(size // 2, len(partners)))
        needed = sorted({place for pair in partners for place in pair})
        rest = sorted(set(range(len(self.texts))) - set(needed))
        kept = needed + chance.sample(rest, max(0, min(len(rest), size - len(needed))))
        at = {place: k for k, place in enumerate(kept)}

        def within(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
            return tuple((at[one], at[other]) for one, other in pairs if one in at and other in at)

        articles, texts = (tuple(each[place] for place in kept) for each in (self.articles, self.texts))
        return Story(articles, texts, within(partners), within(self.unsure))


def read_stories(paths: Sequence[Path]) -> list[Story]:
    """The stories of the files that have partners at all; written pairs joined, `TOGETHER` stories each."""
    found: list[Story] = []
    for path in paths:
        written: dict[str, list[dict[str, Any]]] = {}
        for row in rows(path):
            if "claims" in row:
                found.append(_told(row))
            else:
                written.setdefault(str(row["story"]), []).append(row)
        names = sorted(written)
        random.Random(SEED).shuffle(names)
        for start in range(0, len(names), TOGETHER):
            found.append(of_written([row for name in names[start : start + TOGETHER] for row in written[name]]))
    return [story for story in found if story.partners]


def _told(row: dict[str, Any]) -> Story:
    articles, texts = zip(*row["claims"], strict=True)
    partners = tuple((one, other) for one, other in row["partners"] if one != other)
    return Story(articles, texts, partners, tuple((one, other) for one, other in row["unsure"]))


def of_written(pairs: Iterable[dict[str, Any]]) -> Story:
    """Written pairs as one story, each text an article of its own.

    >>> row = {"premise": "It rained.", "hypothesis": "It was dry.", "label": "contradiction"}
    >>> of_written([row, row | {"hypothesis": "It snowed later.", "label": "neutral"}]).partners
    ((0, 1),)
    """
    places: dict[str, int] = {}
    partners: list[tuple[int, int]] = []
    unsure: list[tuple[int, int]] = []
    for row in pairs:
        one, other = (places.setdefault(str(row[side]), len(places)) for side in ("premise", "hypothesis"))
        if one != other:
            (unsure if row["label"] == "neutral" else partners).append((one, other))
    return Story(tuple(map(str, places.values())), tuple(places), tuple(partners), tuple(unsure))


def loss(story: Story, cosines: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
    """How far partners are from being nearest, and how far cosines have moved from `before`; both (n, n)."""
    size = len(story.texts)
    partner = torch.zeros(size, size, dtype=torch.bool)
    unsure = torch.zeros(size, size, dtype=torch.bool)
    for pairs, marked in ((story.partners, partner), (story.unsure, unsure)):
        for one, other in pairs:
            marked[one, other] = marked[other, one] = True
    apart = torch.tensor([[one != other for other in story.articles] for one in story.articles])
    negative = apart & (before < NEAR_COPY) & ~unsure & ~partner
    scaled = cosines / TEMPERATURE
    against = torch.logsumexp(scaled.masked_fill(~negative, -1e4), dim=1, keepdim=True)
    contrast = softplus(against - scaled)[partner].mean()
    moved = (cosines - before)[~torch.eye(size, dtype=torch.bool)].square().mean()
    return contrast + TIE * moved


def vectors(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> torch.Tensor:
    """Mean of the token vectors, to length one: (n, dimensions)."""
    encoded = tokenizer(list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
    device = torch.device("cpu")
    with torch.autocast(device.type, torch.bfloat16, enabled=quick_in_bfloat16(device)):
        hidden = model(**encoded).last_hidden_state.float()
    mask = encoded["attention_mask"].unsqueeze(-1).float()
    return normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


def train(stories: Sequence[Story], start: str, output: Path, rounds: float) -> None:
    """Go through the stories `rounds` times in random order, a step each; writes the model and the log of the loss."""
    torch.manual_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(start)
    model = AutoModel.from_pretrained(start, hidden_dropout_prob=DROPOUT, attention_probs_dropout_prob=DROPOUT).train()
    before = AutoModel.from_pretrained(start).eval()
    for name, weight in model.named_parameters():
        weight.requires_grad = not any(part in name for part in FROZEN)
    optimizer = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], weight_decay=0.01)
    steps = round(len(stories) * rounds)
    losses = []
    for step, position in enumerate(_order(len(stories), steps)):
        story = stories[position].part(random.Random(f"{SEED} {step}"))
        with torch.no_grad():
            old = vectors(before, tokenizer, story.texts)
        new = vectors(model, tokenizer, story.texts)
        found = loss(story, new @ new.T, old @ old.T)
        for group in optimizer.param_groups:
            group["lr"] = RATE * rate_factor(step / steps, WARM_UP)
        found.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(found.detach()))
        if len(losses) == 40 or step + 1 == steps:
            sys.stdout.write(json.dumps({"step": step + 1, "of": steps, "loss": sum(losses) / len(losses)}) + "\n")
            sys.stdout.flush()
            losses.clear()
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)


def _order(stories: int, steps: int) -> Iterator[int]:
    for step in range(0, steps, stories):
        order = list(range(stories))
        random.Random(SEED + step).shuffle(order)
        yield from order[: steps - step]


class Hidden(torch.nn.Module):
    """An encoder that takes its inputs in order and gives its token vectors alone, as the exporter wants it."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """(n, tokens, dimensions)."""
        hidden: torch.Tensor = self.model(ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        return hidden


def export(folder: Path, output: Path, texts: Sequence[str]) -> None:
    """The 8-bit ONNX form of a BERT-like encoder, with its tokenizer, configuration and checksums."""
    output.mkdir(parents=True, exist_ok=True)
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    options = {"truncation": True, "max_length": LONGEST, "return_tensors": "pt"}
    ranges = set_apart(model, reach(model, (tokenizer([text], **options) for text in texts)))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    encoded = tokenizer(["One claim.", "Another, and longer."], padding=True, return_tensors="pt")
    whole = output / "whole.onnx"
    torch.onnx.export(
        Hidden(model),
        tuple(encoded[name] for name in names),
        str(whole),
        input_names=names,
        output_names=["vectors"],
        dynamic_axes={name: {0: "texts", 1: "tokens"} for name in [*names, "vectors"]},
        opset_version=OPSET,
        dynamo=False,
    )
    quantise(whole, whole, ranges)
    onnx.save(onnx.load(whole), output / GRAPH)
    whole.unlink()
    tokenizer.save_pretrained(output)
    model.config.save_pretrained(output)
    write_checksums(output, ["config.json", GRAPH, "tokenizer.json"])


def main() -> None:
    """Read the command line, train, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, nargs="+")
    parser.add_argument("--start", required=True, help="folder or name of the encoder to begin with")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rounds", type=float, default=1.0, help="how often each story is seen")
    given = parser.parse_args()
    stories = read_stories(given.stories)
    train(stories, given.start, given.output, given.rounds)
    texts = [text for story in stories for text in story.texts]
    export(given.output, given.output / "onnx", random.Random(SEED).sample(texts, min(EXPORTED_ON, len(texts))))


if __name__ == "__main__":
    main()
