"""Models of the Hugging Face hub and of timm: tiny ones, with random weights."""

from __future__ import annotations

from typing import Any

from . import names, notes, synthetic
from .hooks import after, around

# By a word in a model's name; the first that is found counts.
_FAMILIES = (
    "distilbert", "roberta", "albert", "deberta-v2", "electra", "bert", "distilgpt2", "gpt2", "opt",
    "t5", "bart", "vit", "resnet", "wav2vec2", "whisper", "clip", "llama", "pythia", "mistral",
)  # fmt: skip
_ALIASES = {"distilgpt2": "gpt2", "pythia": "gpt_neox"}
_SMALL = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
    "dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "n_embd": 32, "n_layer": 2,
    "n_head": 2, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "d_ff": 64, "d_kv": 16,
    "num_layers": 2, "num_heads": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "embedding_size": 32, "ffn_dim": 64,
    "num_key_value_heads": 2, "word_embed_proj_dim": 32, "head_dim": 16,
}  # fmt: skip
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def _family(name: Any) -> str:
    low = str(name).lower()
    found = next((family for family in _FAMILIES if family in low), "bert")
    return _ALIASES.get(found, found)


def _config(name: Any, given: dict[str, Any]) -> Any:
    import transformers

    family = _family(name)
    config = transformers.AutoConfig.for_model(family)
    for key, value in _SMALL.items():
        if isinstance(getattr(config, key, None), int):
            setattr(config, key, value)
    if hasattr(config, "vocab_size"):
        config.vocab_size = len(_vocabulary())
        for key, word in (("pad_token_id", 0), ("bos_token_id", 2), ("eos_token_id", 3)):
            setattr(config, key, word)
        if hasattr(config, "decoder_start_token_id"):
            config.decoder_start_token_id = 0
    for key in ("num_labels", "id2label", "label2id", "output_hidden_states", "return_dict"):
        if key in given:
            setattr(config, key, given[key])
    return config


@after("transformers.models.auto.auto_factory", "transformers.models.auto.modeling_auto")
def auto_models(module: Any) -> None:
    def made(cls: Any, name: Any, *_: Any, config: Any = None, **named: Any) -> Any:
        notes.note(
            f"{cls.__name__}.from_pretrained({str(name)!r}): a tiny {_family(name)}, random weights"
        )
        return cls.from_config(config or _config(name, named))

    for kind in list(vars(module).values()):
        if isinstance(kind, type) and "from_pretrained" in vars(kind):
            _unless_local(kind, made)


@after("transformers.modeling_utils")
def models(module: Any) -> None:
    def made(cls: Any, name: Any, *_: Any, config: Any = None, **named: Any) -> Any:
        notes.note(f"{cls.__name__}.from_pretrained({str(name)!r}): a tiny one, random weights")
        return cls(config or _config(cls.config_class.model_type, named))

    _unless_local(module.PreTrainedModel, made)


@after("transformers.configuration_utils")
def configurations(module: Any) -> None:
    def made(cls: Any, name: Any, *_: Any, **named: Any) -> Any:
        return _config(getattr(cls, "model_type", None) or name, named)

    _unless_local(module.PreTrainedConfig, made)


@after("transformers.models.auto.configuration_auto")
def auto_configurations(module: Any) -> None:
    def made(_cls: Any, name: Any, *_: Any, **named: Any) -> Any:
        config = _config(name, named)
        return (config, {}) if named.get("return_unused_kwargs") else config

    _unless_local(module.AutoConfig, made)


@after("transformers.models.auto.tokenization_auto")
def auto_tokenizers(module: Any) -> None:
    _unless_local(module.AutoTokenizer, _tokenizer)


@after("transformers.tokenization_utils_base")
def tokenizers(module: Any) -> None:
    _unless_local(module.PreTrainedTokenizerBase, _tokenizer)


def _unless_local(kind: Any, made: Any) -> None:
    """Replace `from_pretrained`, except for what the script itself has saved."""
    import os

    real = kind.from_pretrained.__func__

    def from_pretrained(cls: Any, name: Any, *given: Any, **named: Any) -> Any:
        if os.path.isdir(str(name)):
            return real(cls, name, *given, **named)
        return made(cls, name, *given, **named)

    kind.from_pretrained = classmethod(from_pretrained)


def _vocabulary() -> dict[str, int]:
    words = [*_SPECIAL, *"abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"]
    words += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"]
    words += [word for word in synthetic.vocabulary() if word not in words]
    return {word: place for place, word in enumerate(words)}


def _tokenizer(_cls: Any, name: Any, *_: Any, **named: Any) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    notes.note(f"tokenizer {str(name)!r}: a small vocabulary of our own")
    inner = Tokenizer(models.WordPiece(_vocabulary(), unk_token="[UNK]"))
    inner.normalizer = normalizers.Lowercase()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )  # fmt: skip
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", bos_token="[CLS]", eos_token="[SEP]",
        model_max_length=named.get("model_max_length", 128),
    )  # fmt: skip


@after("timm")
def timm(module: Any) -> None:
    def made(real: Any, name: Any, *given: Any, **named: Any) -> Any:
        if named.pop("pretrained", False) or (given and given[0] is True):
            notes.note(f"timm {name}: random weights")
            given = given[1:]
        return real(name, *given, **named)

    around(module, "create_model", made)


@after("gymnasium")
def environments(module: Any) -> None:
    """No window to draw in."""

    def made(real: Any, *given: Any, **named: Any) -> Any:
        if named.get("render_mode") == "human":
            named["render_mode"] = None
        return real(*given, **{"max_episode_steps": names.most("step") * 4, **named})

    around(module, "make", made)
