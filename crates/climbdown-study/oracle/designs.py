#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["scipy==1.17.1", "mpmath==1.4.1", "numpy==2.4.6"]
# ///
"""Reference numbers for the tests of the module `design`, by scipy, mpmath and numpy.

    python designs.py --write     computes designs.json again
    python designs.py --check     computes it and compares; exit code 1 on a mismatch

Needs the packages named above, in these versions.
"""

import argparse
import importlib.metadata
import json
import pathlib
import sys

import mpmath
import numpy as np
from scipy import stats
from scipy.stats import qmc

STORED = pathlib.Path(__file__).resolve().with_suffix(".json")
TOLERANCE = 1e-12
DIMENSIONS = 512
# Where quantiles are asked: the ends, the tails and the middle.
SHARES = [1e-12, 1e-6, 0.001, 0.05, 0.25, 0.5, 0.6, 0.9, 0.975, 0.999, 1 - 1e-6]
# Rank correlations that are asked of a sample, and of how many rows it is.
TARGET = [[1.0, 0.7, -0.3, 0.0], [0.7, 1.0, 0.1, 0.2], [-0.3, 0.1, 1.0, -0.5], [0.0, 0.2, -0.5, 1.0]]
ROWS = 256
SAMPLES = 400

mpmath.mp.dps = 40


def sequence() -> dict:
    """Points of the unscrambled sequence, times 2^30 (its digits here): the first few, and single later ones
    in all dimensions."""
    digits = lambda points: (points * 2**30).astype(int).tolist()
    first = qmc.Sobol(8, scramble=False).random(32)
    later = {}
    for index in (1, 1000, 65535):
        engine = qmc.Sobol(DIMENSIONS, scramble=False)
        later[str(index)] = digits(engine.fast_forward(index).random(1)[0])
    return {"first": digits(first), "later": later}


def normal_quantile(share):
    """Φ⁻¹ by bisection on mpmath's erfc, so that no formula is shared with the code under test."""
    low, high = mpmath.mpf(-40), mpmath.mpf(40)
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if mpmath.ncdf(middle) < share else (low, middle)
    return (low + high) / 2


def beta_quantile(a, b, share):
    low, high = mpmath.mpf(0), mpmath.mpf(1)
    for _ in range(150):
        middle = (low + high) / 2
        below = mpmath.betainc(a, b, 0, middle, regularized=True)
        low, high = (middle, high) if below < share else (low, middle)
    return (low + high) / 2


def quantiles() -> dict:
    shares = [mpmath.mpf(share) for share in SHARES]
    tail = normal_quantile(mpmath.mpf("0.05"))
    cut = lambda share: normal_quantile(mpmath.mpf("0.05") + mpmath.mpf("0.9") * share) / -tail

    def lognormal(low, high, share):
        low, high = mpmath.log(low), mpmath.log(high)
        return mpmath.exp((low + high) / 2 + (high - low) / 2 * cut(share))

    def triangular(low, peak, high, share):
        if share <= (peak - low) / (high - low):
            return low + mpmath.sqrt(share * (high - low) * (peak - low))
        return high - mpmath.sqrt((1 - share) * (high - low) * (high - peak))

    def pert(low, mode, high, share):
        a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
        return low + (high - low) * beta_quantile(a, b, share)

    at = lambda function: [float(function(share)) for share in shares]
    m = mpmath.mpf
    return {
        "shares": SHARES,
        "standard_normal": at(normal_quantile),
        "standard_normal_tail": [float(normal_quantile(m(x))) for x in (1e-16, 1e-20, 1e-300)],
        "normal -2 6": at(lambda s: m(2) + 4 * cut(s)),
        "lognormal 0.5 8": at(lambda s: lognormal(m("0.5"), m(8), s)),
        "triangular 1 2 6": at(lambda s: triangular(m(1), m(2), m(6), s)),
        "beta 0 0.25 1": at(lambda s: pert(m(0), m("0.25"), m(1), s)),
        "beta 0 0 4": at(lambda s: pert(m(0), m(0), m(4), s)),
        "beta -1 3 3": at(lambda s: pert(m(-1), m(3), m(3), s)),
        "beta 2 7 10": at(lambda s: pert(m(2), m(7), m(10), s)),
    }


def correlations() -> dict:
    """How far sample rank correlations lie from the target, at most, over many samples: by the method
    of Iman and Conover on Latin hypercubes, and by a Gaussian copula on scrambled Sobol points."""
    target = np.array(TARGET)
    scores = 2 * np.sin(np.pi * target / 6)
    root = np.linalg.cholesky(scores)
    rng = np.random.default_rng(6)
    n, k = ROWS, len(target)
    by_rank = stats.norm.ppf(np.arange(1, n + 1) / (n + 1))
    worst = {"latin_hypercube": 0.0, "copula": 0.0}
    for sample in range(SAMPLES):
        m = np.column_stack([rng.permutation(by_rank) for _ in range(k)])
        m = m @ np.linalg.inv(np.linalg.cholesky(np.corrcoef(m, rowvar=False))).T @ root.T
        free = stats.norm.ppf(qmc.Sobol(k, rng=np.random.default_rng(sample)).random(n))
        for name, x in (("latin_hypercube", m), ("copula", free @ root.T)):
            found = stats.spearmanr(x).statistic
            worst[name] = max(worst[name], float(np.abs(found - target).max()))
    return {"target": TARGET, "rows": ROWS, "samples": SAMPLES, "furthest": worst}


def compute() -> dict:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("scipy", "mpmath", "numpy")]
    return {
        "oracle": ", ".join(versions),
        "sequence": sequence(),
        "quantiles": quantiles(),
        "correlations": correlations(),
    }


def furthest(a, b) -> float:
    """The largest difference between two answers of one shape; infinite if the shapes differ."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return max((furthest(a[key], b[key]) for key in a), default=0.0)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return max((furthest(x, y) for x, y in zip(a, b)), default=0.0)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) / max(1.0, abs(a))
    return 0.0 if a == b else float("inf")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true")
    what.add_argument("--check", action="store_true")
    options = parser.parse_args()
    answers = compute()
    if options.write:
        lines = [f"{json.dumps(name)}: {json.dumps(answers[name])}" for name in answers]
        STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(f"{STORED.name}: written")
        return 0
    stored = json.loads(STORED.read_text())
    failures = 0
    for name in sorted(stored.keys() | answers.keys()):
        off = furthest(stored.get(name), answers.get(name))
        failures += not off <= TOLERANCE
        print(f"{name}: {'agrees' if off <= TOLERANCE else 'DIFFERS'} (largest difference {off:.1e})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
