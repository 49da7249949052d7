#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["SALib==1.6.0", "scipy==1.17.1", "numpy==2.4.6"]
# ///
"""Sensitivity indices of small stored samples by SALib, for the tests of the module `sensitivity`.

    python salib.py --write     computes salib.json again
    python salib.py --check     computes it and compares; exit code 1 on a mismatch

Needs the packages named above, in these versions. Each case has the sample it was computed from (outputs, and inputs
where the method reads them), so that the same numbers can be analysed elsewhere.
"""

import argparse
import importlib.metadata
import json
import pathlib
import sys

import numpy as np
from SALib.analyze import morris as morris_analysis
from SALib.analyze import pawn as pawn_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import latin
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami, Sobol_G

STORED = pathlib.Path(__file__).resolve().with_suffix(".json")
# Two runs of the same version differ in the order of a sum at most.
TOLERANCE = 1e-12
# So many that the half-widths are known to 1/sqrt(2 · 2000) = 1.6 %.
RESAMPLES = 2000


def problem(n: int, bounds: tuple[float, float], groups: list[str] | None = None) -> dict:
    out = {"num_vars": n, "names": [f"x{i + 1}" for i in range(n)], "bounds": [list(bounds)] * n}
    if groups:
        out["groups"] = groups
    return out


def numbers(array) -> list:
    return [None if np.isnan(x) else float(x) for x in np.asarray(array, dtype=float).ravel()]


def sobol(case: dict, n: int, second_order: bool) -> dict:
    x = sobol_sample.sample(case, n, calc_second_order=second_order, seed=1)
    y = Ishigami.evaluate(x)
    found = sobol_analysis.analyze(
        case, y, calc_second_order=second_order, num_resamples=RESAMPLES, seed=2
    )
    out = {"blocks": n, "outputs": numbers(y)}
    for key in ("S1", "S1_conf", "ST", "ST_conf") + (("S2", "S2_conf") if second_order else ()):
        out[key] = numbers(found[key])
    return out


def morris(case: dict, n: int, n_levels: int, function) -> dict:
    x = morris_sample.sample(case, n, num_levels=n_levels, seed=3)
    y = function(x)
    found = morris_analysis.analyze(
        case, x, y, num_levels=n_levels, num_resamples=RESAMPLES, seed=4
    )
    low, high = case["bounds"][0]
    out = {"trajectories": n, "levels": n_levels, "outputs": numbers(y)}
    out["coordinates"] = [[round(v, 12) for v in row] for row in ((x - low) / (high - low)).tolist()]
    for key in ("mu", "mu_star", "sigma", "mu_star_conf"):
        out[key] = numbers(np.ma.filled(found[key], np.nan))
    return out


def pawn(case: dict, n: int, slices: int) -> dict:
    x = latin.sample(case, n, seed=5)
    y = Ishigami.evaluate(x)
    found = pawn_analysis.analyze(case, x, y, S=slices)
    out = {"slices": slices, "inputs": [numbers(row) for row in x], "outputs": numbers(y)}
    for key in ("minimum", "mean", "median", "maximum", "CV", "stdev"):
        out[key] = numbers(found[key])
    return out


def compute() -> dict:
    circle = (-np.pi, np.pi)
    g_function = lambda x: Sobol_G.evaluate(x, a=np.array([0.0, 1.0, 4.5, 9.0, 99.0]))
    return {
        "oracle": f"SALib {importlib.metadata.version('SALib')}",
        "sobol": sobol(problem(3, circle), 32, True),
        "sobol_groups": sobol(problem(3, circle, ["odd", "even", "odd"]), 64, False),
        "morris": morris(problem(3, circle), 20, 4, Ishigami.evaluate),
        "morris_groups": morris(
            problem(5, (0.0, 1.0), ["first", "second", "second", "rest", "rest"]), 12, 6, g_function
        ),
        "pawn": pawn(problem(3, circle), 150, 10),
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
