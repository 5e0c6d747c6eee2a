"""Trains a tokenizer on the lines of a file with Hugging Face `tokenizers` or SentencePiece's spm_train, and reports time and memory.

    python3 tokenizer_trainers.py tokenizers|spm-bpe|spm-unigram FILE VOCAB_SIZE
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time


def train_hugging_face(path, vocab_size):
    try:
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    except ImportError:
        return {"unavailable": f"{sys.executable} must have the module tokenizers"}
    with open(path, encoding="utf8", newline="") as file:
        text = file.read()
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    start = time.perf_counter()
    tokenizer.train_from_iterator(lines, trainer)
    seconds = time.perf_counter() - start
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return report(seconds, resource.RUSAGE_SELF, [" ".join(merge) for merge in merges])


def train_sentence_piece(kind, path, vocab_size):
    if not shutil.which("spm_train"):
        return {"unavailable": "spm_train must be on the PATH"}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run(
            [
                "spm_train",
                f"--input={path}",
                f"--model_prefix={folder}/model",
                f"--model_type={kind}",
                f"--vocab_size={vocab_size}",
                "--num_threads=1",
                "--max_sentence_length=10000000",
                "--minloglevel=2",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return report(time.perf_counter() - start, resource.RUSAGE_CHILDREN, [])


def report(seconds, who, merges):
    return {"seconds": seconds, "peakMebibytes": resource.getrusage(who).ru_maxrss / 1024, "merges": merges}


side, path, vocab_size = sys.argv[1:]
if side == "tokenizers":
    result = train_hugging_face(path, int(vocab_size))
else:
    result = train_sentence_piece(side.removeprefix("spm-"), path, int(vocab_size))
json.dump(result, sys.stdout)
