"""Writes tokens.json, and the tokenizer files of odd-siglip/ and odd-blip/: what transformers makes of texts, for small vocabularies.

    python3 -m venv /tmp/tokens && /tmp/tokens/bin/pip install transformers sentencepiece protobuf
    /tmp/tokens/bin/python test/reference/make_tokens.py

Every case holds a tokenizer's files and, for each text, its ids and attention mask, cut and padded to the tokenizer's length by
transformers (the slow classes where there are such) or, for the tokenizer.json files, by the tokenizers library.
"""

import base64
import contextlib
import io
import json
import random
import sys
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from sentencepiece import SentencePieceTrainer

sys.path.insert(0, str(Path(__file__).parents[2] / "builtin" / "checkpoints"))
from bpe import Tokenizer as ClipFiles  # noqa: E402

HERE = Path(__file__).resolve().parent
TEXTS = [
    "",
    "A red cube.",
    "a blue sphere left of a gray cylinder",
    "Two  Green\tCUBES, don't they?",
    "Größe №5: 12 naïve cafés — über 北京 🙂!",
    "a small red cube and a large red cube and a small blue sphere and a large blue sphere",
    "  leading, trailing   ",
    "the man's dog isn't running",
    "ﬁne ＦＵＬＬ width … ½ and ② ㎏",
    "cafe\u0301 nai\u0308ve A\u030angstro\u0308m \u212bngstr\u00f6m",
    "tab\tnew\nline\u00a0no-break\u3000wide\u200bzero\ufeffmark",
    "left-right/top_bottom (a+b)=c #1 @home 50% $3 <b>bold</b> [x] {y} `z` ~ ^ | \\",
    "unbelievablesphere cubecube redsphere spheres",
    "日本語 の text と 中文字",
    "👩‍👩‍👧 and 🇫🇷 flags",
    "\u2581under\u2581score\u2581 and _under_score_",
    "a" * 120,
    "THE İstanbul ΣΑΣ straße",
    "control\u0001\u007fcharacters\u0085here",
    "?!...",
    "grass  and  grassss of spheress",
    "m\uff42\u0301 e\u0301\u0308 \u00ff\u093fE \uff21\u0301",
    "YΣ@ the ΟΔΟΣ, aΣ Σ",
    "red*@'\ufeff2 \ufeff cube~\ufeff\u030aé",
]
WORDS = (
    "a the red blue green gray cube cubes sphere spheres cylinder left right of and small large two three dog cat man woman runs on "
    "grass under holding ball near tree it is not don t they cafés naive über size number 12 5 full width fine"
).split()


def sentence_piece(rule, ids="own", byte_fallback=False):
    """The bytes of a Unigram model of some 110 pieces, trained on random sentences.

    rule: lines of a character map, or None for none. ids: "own" begins with padding, end and the unknown; "fairseq" with the unknown,
    start and end.
    """
    numbers = {"own": {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}, "fairseq": {"pad_id": -1, "unk_id": 0, "bos_id": 1, "eos_id": 2}}
    rng = random.Random(7)
    lines = [" ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 12))) for _ in range(1500)]
    out = io.BytesIO()
    # The model keeps the path of the map: one without a folder is the same wherever this runs.
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        how = {"normalization_rule_name": "identity"}
        if rule is not None:
            Path("rule.tsv").write_text(rule, encoding="utf-8")
            how = {"normalization_rule_tsv": "rule.tsv"}
        SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=out,
            model_type="unigram",
            vocab_size=110 + 256 * byte_fallback,
            hard_vocab_limit=False,
            pad_piece="<pad>",
            character_coverage=0.98 if byte_fallback else 1.0,
            minloglevel=2,
            num_threads=1,
            **numbers[ids],
            **({"byte_fallback": True} if byte_fallback else {}),
            **how,
        )
    return out.getvalue()


def rule(pairs):
    """A character map in SentencePiece's form: code points in hexadecimal, source and target apart by a tab."""

    def points(text):
        return " ".join(f"{ord(c):X}" for c in text)

    return "".join(f"{points(a)}\t{points(b)}\n" for a, b in pairs)


CHARACTERS = rule(
    [
        ("\u2581", " "),
        ("\t", " "),
        ("\n", " "),
        ("\u00a0", " "),
        ("\u3000", " "),
        ("\ufb01", "fi"),
        ("\u2026", "..."),
        ("\u00bd", "1\u20442"),
        ("e\u0301", "\u00e9"),
        ("i\u0308", "\u00ef"),
        ("ss", "s"),
        ("sss", "x"),
        *((chr(0xFF21 + i), chr(65 + i)) for i in range(26)),
    ]
)


def padded(tokenizer, text):
    out = tokenizer(text, padding="max_length", truncation=True, return_attention_mask=True)
    return {"ids": out["input_ids"], "mask": out["attention_mask"]}


def case(name, files, make):
    """files: name -> text, bytes or object. make: folder -> a function from text to {ids, mask}."""
    with tempfile.TemporaryDirectory() as folder:
        for file, content in files.items():
            if isinstance(content, bytes):
                Path(folder, file).write_bytes(content)
            else:
                Path(folder, file).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        encode = make(Path(folder))
        texts = [{"text": t, **encode(t)} for t in TEXTS]
    stored = {f: {"base64": base64.b64encode(c).decode()} if isinstance(c, bytes) else c for f, c in files.items()}
    return {"name": name, "files": stored, "texts": texts}


def siglip(model, **more):
    config = {"tokenizer_class": "SiglipTokenizer", "model_max_length": 13, "pad_token": "</s>", "eos_token": "</s>", "unk_token": "<unk>", **more}
    return {"spiece.model": model, "tokenizer_config.json": config}


def load_siglip(folder):
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config.pop("tokenizer_class")
    tokenizer = transformers.SiglipTokenizer(str(folder / "spiece.model"), **config)
    return lambda text: padded(tokenizer, text)


def load_sentence_piece(folder):
    """T5 as its model was trained: pieces of SentencePiece itself, then the end token; padded with <pad>."""
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    length = json.loads((folder / "tokenizer_config.json").read_text())["model_max_length"]

    def encode(text):
        ids = [*model.encode(text)[: length - 1], model.eos_id()]
        return {"ids": ids + [model.pad_id()] * (length - len(ids)), "mask": [1] * len(ids) + [0] * (length - len(ids))}

    return encode


def bert_vocabulary():
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789äöüßéñ.,!?'-/_()+=#@%$<>[]{}`~^|\\:…—北京日本中"]
    pieces = ["red", "cube", "sphere", "blue", "green", "gray", "cylinder", "left", "right", "of", "and", "small", "large", "two", "man", "dog", "run"]
    ends = ["s", "##s", "##ning", "##ball", "##er", "##e", "##d", "##cube", "##sphere", "##ing"]
    rows = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *pieces, "Red", "The", "the", "A", "fé", "##fé", "##fe", "ca", *ends]
    return "".join(f"{row}\n" for row in dict.fromkeys([*rows, *(f"##{c}" for c in letters[:36])]))


def load_bert(folder):
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    return lambda text: padded(tokenizer, text)


def bert(**config):
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}
    return {
        "vocab.txt": bert_vocabulary(),
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "model_max_length": 15, **names, **config},
    }


def next_id(content):
    """added_tokens_decoder with the tokens of bert() and a new one behind its vocabulary."""
    rows = bert_vocabulary().splitlines()
    special = {rows.index(name): name for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")}
    flags = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True}
    return {str(i): {"content": name, **flags} for i, name in {**special, len(rows): content}.items()}


def clip():
    with tempfile.TemporaryDirectory() as folder:
        ClipFiles([*WORDS, "redsphere"], 14).save_slow(folder)
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(Path(folder).iterdir())}


def clip_named(**names):
    """With other special tokens named, in both files that name them."""
    files = clip()
    changed = {file: json.dumps({**json.loads(files[file]), **names}) for file in ("special_tokens_map.json", "tokenizer_config.json")}
    return {**files, **changed}


def load_rust(folder):
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    length = config["model_max_length"]
    tokenizer.enable_truncation(length, direction=config.get("truncation_side", "right"))
    pad = config["pad_token"]
    tokenizer.enable_padding(
        direction=config.get("padding_side", "right"), pad_id=tokenizer.token_to_id(pad), pad_token=pad, length=length
    )

    def encode(text):
        out = tokenizer.encode(text)
        return {"ids": out.ids, "mask": out.attention_mask}

    return encode


def unigram_json(model, **config):
    """A tokenizer.json as transformers' converter writes it for a Unigram model: its character map in base64, spaces marked."""
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto.FromString(model)
    charsmap = base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()
    end = [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}]
    special = [("<pad>", 0), ("</s>", 1), ("<unk>", 2)]
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": i, "content": c, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for c, i in special
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Precompiled", "precompiled_charsmap": charsmap},
                {"type": "Strip", "strip_left": False, "strip_right": True},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"},
            ],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": end,
            "pair": end,
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}},
        },
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": 2,
            "vocab": [[p.piece, p.score] for p in proto.pieces],
            "byte_fallback": False,
        },
    }
    return {"tokenizer.json": whole, "tokenizer_config.json": {"model_max_length": 13, "pad_token": "<pad>", **config}}


def gemma(**config):
    """Byte-pair encoding over whole texts with bytes to fall back to, as Gemma's and SigLIP 2's tokenizer.json."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    vocab = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *"\u2581abcdefghijklmnopqrstuvwxyzABCR.,'5"]
    merges = []
    for word in [*WORDS, "Red", "CUBES"]:
        piece = "\u2581"
        for letter in word:
            if piece + letter not in vocab and all(part in vocab for part in (piece, letter)):
                merges.append([piece, letter])
                vocab.append(piece + letter)
            piece += letter
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added(i, content) for i, content in enumerate(special)],
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
        "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<eos>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<eos>": {"id": "<eos>", "ids": [1], "tokens": ["<eos>"]}},
        },
        "decoder": None,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {piece: i for i, piece in enumerate(dict.fromkeys(vocab))},
            "merges": merges,
        },
    }
    names = {"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>", "tokenizer_class": "GemmaTokenizer"}
    return {"tokenizer.json": whole, "tokenizer_config.json": {**names, "model_max_length": 17, **config}}


def added(i, content, **flags):
    return {"id": i, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


def load_class(name):
    """By a class of transformers, whatever class the files name."""

    def load(folder):
        tokenizer = getattr(transformers, name).from_pretrained(str(folder))
        return lambda text: padded(tokenizer, text)

    return load


def bert_json(lowercase, **config):
    """The tokenizer.json that transformers writes for vocab.txt, its normalizer's letter case set by hand."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "vocab.txt").write_text(bert_vocabulary(), encoding="utf-8")
        transformers.BertTokenizer(str(Path(folder, "vocab.txt"))).save_pretrained(folder)
        whole = json.loads(Path(folder, "tokenizer.json").read_text(encoding="utf-8"))
    whole["normalizer"] = {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": True,
        "strip_accents": None,
        "lowercase": lowercase,
    }
    return {"tokenizer.json": whole, "tokenizer_config.json": {**bert()["tokenizer_config.json"], **config}}


def fairseq(model):
    config = {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 16, "pad_token": "<pad>", "mask_token": "<mask>"}
    return {"sentencepiece.bpe.model": model, "tokenizer_config.json": config}


def load_fairseq(folder):
    """XLM-RoBERTa as its slow class numbers pieces: fairseq's four tokens, then SentencePiece's own from the fourth on, one further."""
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
    length = json.loads((folder / "tokenizer_config.json").read_text())["model_max_length"]

    def encode(text):
        pieces = [piece + 1 if piece else 3 for piece in model.encode(text)]
        ids = [0, *pieces[: length - 2], 2]
        return {"ids": ids + [1] * (length - len(ids)), "mask": [1] * len(ids) + [0] * (length - len(ids))}

    return encode


def with_steps(normalizer, pre_tokenizer, model=None, **changes):
    """The Unigram tokenizer.json with other steps before its model, or other changes."""
    files = unigram_json(sentence_piece(None))
    whole = {**files["tokenizer.json"], "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, **changes}
    if model is not None:
        whole["model"] = model
    return {**files, "tokenizer.json": whole}


def byte_level(**config):
    """RoBERTa's kind: byte-level pieces, a space before the text only where the class says so."""
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    merges = [["\u0120", "r"], ["\u0120r", "ed"], ["e", "d"], ["r", "ed"], ["c", "u"], ["b", "e"], ["cu", "be"], ["\u0120", "cube"]]
    vocab = [*special, *letters, "ed", "\u0120r", "red", "\u0120red", "cu", "be", "cube", "\u0120cube"]
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added(i, content) for i, content in enumerate(special)],
        "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": False},
        "decoder": None,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {piece: i for i, piece in enumerate(vocab)},
            "merges": sorted(merges, key=lambda pair: vocab.index("".join(pair))),
        },
    }
    names = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    return {
        "tokenizer.json": whole,
        "tokenizer_config.json": {**names, "tokenizer_class": "RobertaTokenizer", "model_max_length": 19, **config},
    }


def step_cases():
    """Steps of a tokenizer.json that libraries differ in."""
    spaces = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    first = {**spaces, "prepend_scheme": "first", "split": False}

    def split(regex, behavior, invert=False):
        return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}

    def sequence(*steps):
        return {"type": "Sequence", "pretokenizers": list(steps)}

    def normalizers(*steps):
        return {"type": "Sequence", "normalizers": list(steps)}

    dollars = {"type": "Replace", "pattern": {"Regex": "[aeiou]"}, "content": "$&"}
    strip = {"type": "Strip", "strip_left": True, "strip_right": True}
    nfkd = normalizers({"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, strip)
    prepend = normalizers({"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})
    pieces = [["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], *([f"<0x{byte:02X}>", 0.0] for byte in range(256))]
    fallback = {
        "type": "Unigram",
        "unk_id": 2,
        "byte_fallback": True,
        "vocab": [*pieces, ["\u2581red", -2.0], ["\u2581", -4.0], *([c, -5.0] for c in "abcdeoru\u00e9")],
    }
    punctuation = {"type": "Punctuation", "behavior": "Isolated"}
    digits = {"type": "Digits", "individual_digits": True}
    return [
        case("unigram with bytes", with_steps(None, spaces, fallback), load_rust),
        case("a space before the first word only", with_steps(strip, first), load_rust),
        case("a mark put before the text", with_steps(prepend, None), load_rust),
        case("letters taken apart", with_steps(nfkd, spaces), load_rust),
        case("a replacement with dollars", with_steps(dollars, sequence({"type": "Whitespace"}, spaces)), load_rust),
        case("punctuation and digits apart", with_steps(None, sequence(punctuation, digits, {"type": "WhitespaceSplit"}, spaces)), load_rust),
        case("splits joined to what stands before", with_steps(None, split(r"\s+", "MergedWithPrevious")), load_rust),
        case("splits joined to what follows", with_steps(None, split(r"\p{P}|\s", "MergedWithNext")), load_rust),
        case("splits turned round", with_steps(None, split(r"\p{L}+|\p{N}+", "Contiguous", True)), load_rust),
    ]


def save(folder, files):
    for name, content in files.items():
        path = HERE / folder / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main():
    plain, mapped = sentence_piece(None), sentence_piece(CHARACTERS)
    t5 = {"tokenizer_class": "T5Tokenizer", "model_max_length": 13, "pad_token": "<pad>"}
    cases = [
        case("siglip", siglip(mapped), load_siglip),
        case("siglip with letter case and no character map", siglip(plain, do_lower_case=False), load_siglip),
        case("t5", {"spiece.model": mapped, "tokenizer_config.json": t5}, load_sentence_piece),
        case("t5 without a character map", {"spiece.model": plain, "tokenizer_config.json": t5}, load_sentence_piece),
        case("unigram tokenizer.json", unigram_json(mapped), load_rust),
        case("unigram tokenizer.json, cut and padded on the left", unigram_json(mapped, padding_side="left", truncation_side="left"), load_rust),
        case("bert", bert(), load_bert),
        case("bert with letter case", bert(do_lower_case=False), load_bert),
        case("bert with accents", bert(strip_accents=False, tokenize_chinese_chars=False), load_bert),
        case("clip", clip(), load_bert),
        case("siglip 2", gemma(do_lower_case=True, padding_side="right", add_bos_token=False, add_eos_token=True), load_class("Siglip2Tokenizer")),
        case("gemma, padded on the side of its class", gemma(), load_bert),
        case("bert tokenizer.json, letter case kept by its settings", bert_json(True, do_lower_case=False), load_bert),
        case("bert tokenizer.json, letter case taken by its class", bert_json(False), load_bert),
        case("bert tokenizer.json, accents kept", bert_json(True, strip_accents=False, tokenize_chinese_chars=False), load_bert),
        case("byte-level pieces, no space before the text", byte_level(), load_bert),
        case("byte-level pieces, a space before the text", byte_level(add_prefix_space=True), load_bert),
        case("xlm-roberta", fairseq(sentence_piece(CHARACTERS, ids="fairseq")), load_fairseq),
        case("t5 with bytes", {"spiece.model": sentence_piece(None, byte_fallback=True), "tokenizer_config.json": t5}, load_sentence_piece),
        case("siglip with bytes", siglip(sentence_piece(None, byte_fallback=True)), load_siglip),
        # Tokens that are named stand in texts as a whole, whatever else their letters would be; new ones get the next ids.
        case("clip, padded with a token that texts hold", clip_named(pad_token="!"), load_bert),
        case("bert, further tokens of the vocabulary named", bert(additional_special_tokens=["cube"], bos_token="left"), load_bert),
        case("bert, a new token named", bert(eos_token="sphere is"), load_bert),
        case("bert, a new token at the next id", bert(added_tokens_decoder=next_id("small blue")), load_bert),
        *step_cases(),
    ]
    save("odd-siglip", siglip(mapped, model_input_names=["input_ids"]))
    save("odd-blip", bert())
    result = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__, "cases": cases}
    (HERE / "tokens.json").write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
