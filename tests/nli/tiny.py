"""Cross-encoders of a few thousand weights, built on the spot: what the loading of models is tested on.

A model's weights are random, then fitted in a moment to the examples given, until it answers them; so a test can hand
it the probe pairs, and know what it must say whatever the order of its labels. Without examples it stays random, and
fails any probe.
"""

from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase, digits, punctuation

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

Example = tuple[str, str, str]
"""Premise, hypothesis, and the label that the model is to give."""

SHUFFLED = ("neutral", "contradiction", "entailment")

EXAMPLES: tuple[Example, ...] = (
    ("The contract has been signed.", "The contract has been signed.", "entailment"),
    ("The contract has been signed.", "The contract has not been signed.", "contradiction"),
    ("The contract has been signed.", "A ship sails to the north.", "neutral"),
    ("The bridge is open.", "The bridge is open.", "entailment"),
    ("The bridge is open.", "The bridge is not open.", "contradiction"),
    ("The bridge is open.", "The minister likes music.", "neutral"),
)


def tiny_classifier(
    folder: Path, labels: Sequence[str] = SHUFFLED, *, examples: Sequence[Example] = EXAMPLES, seed: int = 0
) -> Path:
    """A whole transformers folder (config, tokenizer, model.safetensors), about 100 kB; gives back the folder.

    `labels` are the names in the order of the logits, any case and number of them; examples whose label is not among
    them are left out. For each example left, the label given becomes the most probable (above .97): pass the probe
    pairs of the loader to get a model that passes them, and `examples=()` for one that does not.
    """
    model, tokenizer = _fitted(labels, examples, seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def two_class_classifier(folder: Path) -> Path:
    """As `tiny_classifier`, but it knows only entailment and the rest: no judge of contradictions."""
    return tiny_classifier(folder, ("entailment", "not_entailment"))


def nameless_classifier(folder: Path) -> Path:
    """As `tiny_classifier`, with labels that tell nothing (LABEL_0 and so on), as many published folders have them."""
    return tiny_classifier(folder, ("LABEL_0", "LABEL_1", "LABEL_2"), examples=())


def misnamed_classifier(folder: Path, *, examples: Sequence[Example] = EXAMPLES) -> Path:
    """Loads, and says contradiction where `examples` have entailment, and the other way: what a probe is for."""
    swapped = {"contradiction": "entailment", "entailment": "contradiction", "neutral": "neutral"}
    return tiny_classifier(folder, examples=[(left, right, swapped[label]) for left, right, label in examples])


def pickled_classifier(folder: Path) -> Path:
    """As `tiny_classifier`, but its only weights are a pickle, pytorch_model.bin, that could run code on loading."""
    model, tokenizer = _fitted(SHUFFLED, EXAMPLES, seed=0)
    model.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    return folder


def weightless_classifier(folder: Path) -> Path:
    """A configuration and a tokenizer without any weights."""
    model, tokenizer = _fitted(SHUFFLED, (), seed=0)
    model.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def empty_folder(folder: Path) -> Path:
    """Nothing at all."""
    folder.mkdir(parents=True)
    return folder


def _fitted(
    labels: Sequence[str], examples: Sequence[Example], seed: int
) -> tuple[BertForSequenceClassification, BertTokenizer]:
    torch.manual_seed(seed)
    lowered = [label.lower() for label in labels]
    kept = [(left, right, lowered.index(label)) for left, right, label in examples if label in lowered]
    tokenizer = _tokenizer([text for left, right, _ in kept for text in (left, right)])
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        initializer_range=0.2,  # with the usual .02 so small a model learns nothing for hundreds of steps
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    if kept:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # so small a model only waits for the others
        _fit(model, tokenizer, kept)
        torch.set_num_threads(threads)
    return model.train(mode=False), tokenizer


def _fit(model: BertForSequenceClassification, tokenizer: BertTokenizer, kept: Sequence[tuple[str, str, int]]) -> None:
    batch = tokenizer([left for left, _, _ in kept], [right for _, right, _ in kept], padding=True, return_tensors="pt")
    wanted = torch.tensor([at for _, _, at in kept])
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(400):
        logits = model(**batch).logits
        sure = torch.softmax(logits.detach(), dim=-1)[torch.arange(len(wanted)), wanted]
        # .97, not .5: a loader that pads otherwise, or quantises, must still get the same answers.
        if bool((sure > 0.97).all()):
            return
        optimizer.zero_grad()
        torch.autograd.backward(torch.nn.functional.cross_entropy(logits, wanted))
        optimizer.step()
    raise AssertionError("the tiny model did not learn its examples: two of them may ask for different labels")


def _tokenizer(texts: Sequence[str]) -> BertTokenizer:
    """Whole words of `texts`, and single characters for all else, so that no text is unknown to it."""
    words = sorted({word for text in texts for word in text.lower().translate(_APART).split()})
    characters = [*ascii_lowercase, *digits, *punctuation]
    pieces = [*characters, *(f"##{each}" for each in characters)]
    vocabulary = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces, *words])
    return BertTokenizer(vocab={piece: at for at, piece in enumerate(vocabulary)}, do_lower_case=True)


_APART = str.maketrans({mark: f" {mark} " for mark in punctuation})
