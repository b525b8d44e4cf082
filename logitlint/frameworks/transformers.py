"""Hugging Face transformers: models with a head, which return an object holding raw scores, and the loss given labels.

Models are made by their class, `from_pretrained` or `from_config`; all three are one row. `outputs[0]` is left unknown:
it is the loss with labels, and the scores without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.keras_models import METHODS
from logitlint.frameworks.vocabulary import (
    Base,
    Compile,
    Evaluates,
    Fact,
    Fit,
    Function,
    Layer,
    Part,
    Restore,
    Result,
    Row,
)
from logitlint.kinds import Kind

_OUTPUTS: Final = "https://huggingface.co/docs/transformers/main_classes/output"
_MODELS: Final = "https://huggingface.co/docs/transformers/model_doc/auto"


def _output(name: str, *scores: str, module: str = "modeling_outputs") -> Result:
    return Result(
        name=f"transformers.{module}.{name}",
        attributes={"loss": Kind.LOSS, **dict.fromkeys(scores, Kind.LOGITS)},
        source=_OUTPUTS,
    )


_SEQUENCE: Final = _output("SequenceClassifierOutput", "logits")
_TOKEN: Final = _output("TokenClassifierOutput", "logits")
_CHOICE: Final = _output("MultipleChoiceModelOutput", "logits")
_NEXT: Final = _output("NextSentencePredictorOutput", "logits")
_MASKED: Final = _output("MaskedLMOutput", "logits")
_CAUSAL: Final = _output("CausalLMOutput", "logits")
_SEQ2SEQ: Final = _output("Seq2SeqLMOutput", "logits")
_IMAGE: Final = _output("ImageClassifierOutput", "logits")
_SEGMENTS: Final = _output("SemanticSegmenterOutput", "logits")
_ANSWER: Final = _output("QuestionAnsweringModelOutput", "start_logits", "end_logits")

# Models of Keras, which are compiled: losses and metrics that are given there read the scores alone.
_IN_KERAS: Final = (
    (
        "ForSequenceClassification",
        _output("TFSequenceClassifierOutput", "logits", module="modeling_tf_outputs"),
        "Albert AutoModel Bart Bert CTRL Camembert ConvBert Deberta DebertaV2 DistilBert Electra Esm Flaubert Funnel "
        "GPT2 GPTJ LayoutLM LayoutLMv3 Longformer MPNet Mistral MobileBert OpenAIGPT RemBert RoFormer Roberta "
        "RobertaPreLayerNorm Tapas TransfoXL Wav2Vec2 XLM XLMRoberta XLNet",
    ),
    (
        "ForTokenClassification",
        _output("TFTokenClassifierOutput", "logits", module="modeling_tf_outputs"),
        "Albert AutoModel Bert Camembert ConvBert Deberta DebertaV2 DistilBert Electra Esm Flaubert Funnel LayoutLM "
        "LayoutLMv3 Longformer MPNet MobileBert RemBert RoFormer Roberta RobertaPreLayerNorm XLM XLMRoberta XLNet",
    ),
    (
        "ForImageClassification",
        _output("TFImageClassifierOutput", "logits", module="modeling_tf_outputs"),
        "AutoModel ConvNext ConvNextV2 Cvt Data2VecVision EfficientFormer MobileViT RegNet ResNet Segformer "
        "SwiftFormer Swin ViT",
    ),
)

# What follows the family's name, the result, the families (`Auto` first).
_HEADS: Final = (
    (
        "ForSequenceClassification",
        _SEQUENCE,
        "AutoModel Albert Bart Bert BigBird BigBirdPegasus Bloom CTRL Camembert Canine ConvBert Data2VecAudio "
        "Data2VecText "
        "Deberta DebertaV2 DistilBert Electra Ernie Esm FNet Falcon Flaubert Funnel GPT2 GPTJ GPTNeo GPTNeoX Gemma "
        "Gemma2 "
        "Gemma3 Hubert IBert LayoutLM LayoutLMv2 LayoutLMv3 Lilt Llama Longformer Luke MBart MPNet MT5 MarkupLM "
        "MegatronBert "
        "Mistral Mixtral MobileBert ModernBert Mpt Nystromformer OPT OpenAIGPT Perceiver Phi Phi3 Qwen2 Qwen3 "
        "Reformer RemBert "
        "RoCBert RoFormer Roberta RobertaPreLayerNorm SqueezeBert StableLm T5 UMT5 UniSpeech UniSpeechSat Wav2Vec2 "
        "Wav2Vec2Bert Wav2Vec2Conformer WavLM XLM XLMRoberta XLMRobertaXL XLNet Xmod Yoso",
    ),
    (
        "ForTokenClassification",
        _TOKEN,
        "AutoModel Albert Bert BigBird BioGpt Bloom Camembert Canine ConvBert Data2VecText Deberta DebertaV2 "
        "DistilBert Electra "
        "Ernie Esm FNet Falcon Flaubert Funnel GPT2 GPTNeo GPTNeoX Gemma Gemma2 IBert LayoutLM LayoutLMv2 "
        "LayoutLMv3 Lilt "
        "Llama Longformer Luke MPNet MT5 MarkupLM MegatronBert Mistral Mixtral MobileBert ModernBert Mpt "
        "Nystromformer Phi "
        "Phi3 Qwen2 Qwen3 RemBert RoCBert RoFormer Roberta RobertaPreLayerNorm SqueezeBert StableLm T5 UMT5 XLM "
        "XLMRoberta "
        "XLMRobertaXL XLNet Xmod Yoso",
    ),
    (
        "ForMultipleChoice",
        _CHOICE,
        "AutoModel Albert Bert BigBird Camembert Canine ConvBert Data2VecText DebertaV2 DistilBert Electra Ernie "
        "FNet Flaubert "
        "Funnel IBert Longformer Luke MPNet MegatronBert MobileBert ModernBert Nystromformer RemBert RoCBert "
        "RoFormer Roberta "
        "RobertaPreLayerNorm SqueezeBert XLM XLMRoberta XLMRobertaXL XLNet Xmod Yoso",
    ),
    ("ForNextSentencePrediction", _NEXT, "AutoModel Bert Ernie FNet MegatronBert MobileBert"),
    (
        "ForQuestionAnswering",
        _ANSWER,
        "AutoModel Albert Bart Bert BigBird BigBirdPegasus Bloom Camembert Canine ConvBert Data2VecText Deberta "
        "DebertaV2 "
        "DistilBert Electra Ernie FNet Falcon Funnel GPT2 GPTJ GPTNeo GPTNeoX IBert LayoutLMv2 LayoutLMv3 Lilt Llama "
        "Longformer Luke MBart MPNet MT5 MarkupLM MegatronBert Mistral Mixtral MobileBert ModernBert Mpt "
        "Nystromformer OPT "
        "Qwen2 Qwen3 Reformer RemBert RoCBert RoFormer Roberta RobertaPreLayerNorm Splinter SqueezeBert T5 UMT5 "
        "XLMRoberta "
        "XLMRobertaXL Xmod Yoso",
    ),
    (
        "ForMaskedLM",
        _MASKED,
        "AutoModel Albert Bert BigBird Camembert ConvBert Data2VecText Deberta DebertaV2 DistilBert Electra Ernie "
        "Esm FNet "
        "Funnel IBert LayoutLM Longformer Luke MPNet MegatronBert MobileBert ModernBert Nystromformer Perceiver "
        "Reformer "
        "RemBert RoCBert RoFormer Roberta RobertaPreLayerNorm SqueezeBert XLMRoberta XLMRobertaXL Xmod Yoso",
    ),
    (
        "ForCausalLM",
        _CAUSAL,
        "AutoModel Bart BigBird BioGpt Bloom Camembert CodeGen Electra Ernie Falcon GPTBigCode GPTJ GPTNeo GPTNeoX "
        "Gemma Gemma2 "
        "Gemma3 Llama MBart Mamba Marian MegatronBert Mistral Mixtral Mpt OPT Olmo Olmo2 Pegasus Persimmon Phi Phi3 "
        "Qwen2 "
        "Qwen2Moe Qwen3 RemBert RoCBert RoFormer Roberta StableLm Starcoder2 XGLM XLMRoberta Xmod",
    ),
    ("LMHeadModel", _CAUSAL, "Bert CTRL GPT2 OpenAIGPT XLNet"),
    ("ForSeq2SeqLM", _SEQ2SEQ, "AutoModel"),
    (
        "ForConditionalGeneration",
        _SEQ2SEQ,
        "Bart BigBirdPegasus Blenderbot BlenderbotSmall FSMT LED LongT5 M2M100 MBart MT5 Mvp PLBart Pegasus "
        "PegasusX T5 UMT5",
    ),
    (
        "ForImageClassification",
        _IMAGE,
        "AutoModel Beit Bit ConvNext ConvNextV2 Cvt Data2VecVision DeiT Dinat Dinov2 EfficientNet FocalNet ImageGPT "
        "Levit "
        "MobileNetV1 MobileNetV2 MobileViT MobileViTV2 PoolFormer Pvt RegNet ResNet Segformer SwiftFormer Swin "
        "Swinv2 ViT ViTMSN",
    ),
    ("ForVideoClassification", _IMAGE, "AutoModel Timesformer VideoMAE Vivit"),
    (
        "ForSemanticSegmentation",
        _SEGMENTS,
        "AutoModel Beit DPT Data2VecVision MobileNetV2 MobileViT MobileViTV2 Segformer UperNet",
    ),
    ("ForAudioClassification", _SEQUENCE, "AutoModel AST Whisper"),
    (
        "ForAudioFrameClassification",
        _TOKEN,
        "AutoModel Data2VecAudio UniSpeechSat Wav2Vec2 Wav2Vec2Bert Wav2Vec2Conformer WavLM",
    ),
    (
        "ForCTC",
        _CAUSAL,
        "AutoModel Data2VecAudio Hubert SEW SEWD UniSpeech UniSpeechSat Wav2Vec2 Wav2Vec2Bert Wav2Vec2Conformer WavLM",
    ),
)

# The attribute of the last layer in most families: when user code replaces it, what the model gives is known no more.
_LAST: Final = {
    "ForQuestionAnswering": "qa_outputs",
    "ForCausalLM": "lm_head",
    "ForCTC": "lm_head",
    "ForConditionalGeneration": "lm_head",
    "ForMaskedLM": "lm_head",
    "ForSeq2SeqLM": "lm_head",
    "ForSemanticSegmentation": "decode_head",
    "LMHeadModel": "lm_head",
}

# Users derive from these to put a head of their own on a model.
_FAMILIES: Final = (
    "PreTrainedModel AlbertPreTrainedModel BartPreTrainedModel BertPreTrainedModel BigBirdPreTrainedModel "
    "CamembertPreTrainedModel DebertaPreTrainedModel DebertaV2PreTrainedModel DistilBertPreTrainedModel "
    "ElectraPreTrainedModel GPT2PreTrainedModel HubertPreTrainedModel LlamaPreTrainedModel LongformerPreTrainedModel "
    "MPNetPreTrainedModel ModernBertPreTrainedModel RobertaPreTrainedModel SwinPreTrainedModel T5PreTrainedModel "
    "ViTPreTrainedModel Wav2Vec2PreTrainedModel XLMRobertaPreTrainedModel XLNetPreTrainedModel"
)
_KEEPS: Final = "apply bfloat16 cpu cuda double eval float half requires_grad_ share_memory to to_empty train type xpu"


def _model(name: str, result: Result, head: str, methods: Mapping[str, Compile | Fit | Restore | Part]) -> Layer:
    qualified = f"transformers.{name}"
    return Layer(
        name=qualified,
        init="pretrained_model_name_or_path=None, *args, num_labels=None, problem_type=None, **kwargs",
        call=Function(name=qualified, signature="*args, **kwargs", gives=result, source=_MODELS),
        head=head,
        methods=methods,
        facts=frozenset({Fact.MODEL}),
        aliases=(f"{qualified}.from_pretrained", f"{qualified}.from_config"),
        source=_MODELS,
    )


# A model with a head for classes takes cross entropy of class indices, and of floats the loss of independent labels;
# with one class it is a regression, unless it is told otherwise.
_METRICS: Final = Evaluates(
    signature="model=None, args=None, data_collator=None, train_dataset=None, eval_dataset=None, *rest, "
    "compute_loss_func=None, compute_metrics=None, preprocess_logits_for_metrics=None, **kwargs",
    model="model",
    function="compute_metrics",
    unless=frozenset({"compute_loss_func", "preprocess_logits_for_metrics"}),
    overridden=frozenset({"compute_loss", "prediction_step", "prediction_loop", "evaluation_loop", "evaluate"}),
    scores="logits",
    task="problem_type",
    stored="pretrained_model_name_or_path",
    losses={
        "multi_label_classification": "torch.nn.functional.binary_cross_entropy_with_logits",
        "single_label_classification": "torch.nn.functional.cross_entropy",
        None: "torch.nn.functional.cross_entropy",
    },
    classes="num_labels",
    fields=("predictions", "label_ids"),
)


def _trainer(name: str, module: str, evaluates: Evaluates | None = None) -> Base:
    # Any model with a head is handed over; all of them hold their scores in `.logits`.
    return Base(
        name=f"transformers.{name}",
        calls="__call__",
        hooks={"compute_loss": {"model": "transformers.AutoModelForSequenceClassification"}},
        evaluates=evaluates,
        aliases=(f"transformers.{module}.{name}",),
        source="https://huggingface.co/docs/transformers/main_classes/trainer#transformers.Trainer.compute_loss",
    )


ROWS: Final[tuple[Row, ...]] = (
    _SEQUENCE,
    _TOKEN,
    _CHOICE,
    _NEXT,
    _MASKED,
    _CAUSAL,
    _SEQ2SEQ,
    _IMAGE,
    _SEGMENTS,
    _ANSWER,
    *(
        _model(family + suffix, result, _LAST.get(suffix, "classifier"), {})
        for suffix, result, families in _HEADS
        for family in families.split()
    ),
    *(result for _, result, _ in _IN_KERAS),
    *(
        _model(f"TF{family}{suffix}", result, "classifier", METHODS)
        for suffix, result, families in _IN_KERAS
        for family in families.split()
    ),
    *(
        Base(
            name=f"transformers.{family}",
            calls="forward",
            keeps=frozenset(_KEEPS.split()),
            source="https://huggingface.co/docs/transformers/main_classes/model",
        )
        for family in _FAMILIES.split()
    ),
    _trainer("Trainer", "trainer", _METRICS),
    _trainer("Seq2SeqTrainer", "trainer_seq2seq"),
)
