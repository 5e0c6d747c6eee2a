"""Exact nearest rows by NumPy, on one thread: python3 numpy_search.py TABLE QUERIES SIZE COUNT REPEATS.

TABLE and QUERIES are files of float32 rows of length one. Prints, as JSON, milliseconds of single searches and of all queries at once (per query), and
the rows found.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import sys
import time

try:
    import numpy
except ImportError:
    json.dump({"unavailable": f"{sys.executable} must have the module numpy"}, sys.stdout)
    sys.exit()

table, queries = [numpy.fromfile(path, dtype=numpy.float32).reshape(-1, int(sys.argv[3])) for path in sys.argv[1:3]]
count, repeats = map(int, sys.argv[4:])


def best(scores):
    found = numpy.argpartition(scores, -count)[-count:]
    return found[numpy.argsort(-scores[found])]


def timed(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


for query in queries[:4]:
    best(table @ query)
single = [timed(lambda query=query: best(table @ query)) for query in queries[:repeats]]


def all_at_once():
    scores = table @ queries.T
    return [best(column) for column in numpy.ascontiguousarray(scores.T)]


batch, rows = timed(all_at_once)
json.dump(
    {
        "single": [milliseconds for milliseconds, _ in single],
        "batch": batch / len(queries),
        "rows": [found.tolist() for found in rows],
        "version": numpy.__version__,
    },
    sys.stdout,
)
