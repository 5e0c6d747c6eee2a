"""Trains word vectors on the lines of a file with gensim or the command fasttext, writes them as text, and reports time.

    python3 word_vectors.py gensim|fasttext FILE VECTORS OPTIONS

OPTIONS is JSON: architecture, size, window, negative, sample, minCount, epochs, seed, threads. Reported seconds are those of training,
without counting; fastText's are all of its process, as it does not tell.
"""

import json
import os
import shutil
import subprocess
import sys
import time


def train_gensim(path, target, options):
    try:
        import gensim
        from gensim.models.word2vec import LineSentence, Word2Vec
    except ImportError:
        return {"unavailable": f"{sys.executable} must have the module gensim"}
    sentences = list(LineSentence(path))
    model = Word2Vec(
        vector_size=options["size"],
        window=options["window"],
        negative=options["negative"],
        sample=options["sample"],
        min_count=options["minCount"],
        sg=1 if options["architecture"] == "skip-gram" else 0,
        seed=options["seed"],
        workers=options["threads"],
    )
    model.build_vocab(sentences)
    start = time.perf_counter()
    model.train(sentences, total_examples=model.corpus_count, epochs=options["epochs"])
    seconds = time.perf_counter() - start
    model.wv.save_word2vec_format(target)
    words = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
    return {"seconds": seconds, "words": int(words) * options["epochs"], "version": gensim.__version__}


def train_fasttext(path, target, options):
    if not shutil.which("fasttext"):
        return {"unavailable": "fasttext must be on the PATH"}
    output = target.removesuffix(".vec")
    start = time.perf_counter()
    subprocess.run(
        [
            "fasttext",
            "skipgram" if options["architecture"] == "skip-gram" else "cbow",
            *("-input", path, "-output", output, "-maxn", "0", "-bucket", "0"),
            *("-dim", str(options["size"]), "-ws", str(options["window"]), "-neg", str(options["negative"])),
            *("-t", str(options["sample"]), "-minCount", str(options["minCount"]), "-epoch", str(options["epochs"])),
            *("-lr", "0.025", "-thread", str(options["threads"]), "-verbose", "1"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - start
    os.remove(f"{output}.bin")
    return {"seconds": seconds}


side, path, target, options = sys.argv[1:]
train = train_gensim if side == "gensim" else train_fasttext
json.dump(train(path, target, json.loads(options)), sys.stdout)
