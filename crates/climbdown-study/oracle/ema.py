#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["ema_workbench==2.5.3", "scikit-learn==1.9.1", "pandas==2.3.3"]
# ///
"""Reference answers for scenario discovery: EMA Workbench's PRIM and scikit-learn's CART.

    python ema.py --write    computes every answer and writes ema.json beside this file
    python ema.py --check    computes them again and compares; exit code 1 on a mismatch

Needs the packages named above, in these versions. pandas stays below 3: there EMA Workbench 2.5.3
cannot paste a whole-number input (it puts 2.5 on a column of whole numbers).

The data are computed from a formula that the tests compute too: `uniform` is SplitMix64's mixing
function (Steele, Lea and Flood 2014) over seed, stream and index; numbers are multiples of 2^-20, so
that scikit-learn, which works on 32-bit floats, sees them as they are. The rows are sorted by the
inputs in their order, then by the outcome.

For each data set: the number of cases of interest; for each box by covering the whole path with its
quasi-p-values (LENIENT1, as EMA Workbench has it by default) and the step chosen by the rule below;
for the first box the shares of resamples that restrict each input; the last step under the two other
objectives; and CART's trees in preorder.
"""

import argparse
import importlib.metadata
import json
import math
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from ema_workbench.analysis import cart as ema_cart
from ema_workbench.analysis import prim as ema_prim
from sklearn.tree import DecisionTreeClassifier

ANSWERS = pathlib.Path(__file__).resolve().with_name("ema.json")
VERSIONS = {"ema_workbench": "2.5.3", "scikit-learn": "1.9.1", "pandas": "2.3.3"}
# Two runs agree to rounding; other releases of NumPy and SciPy may differ in the last digits.
TOLERANCE = 1e-9
# EMA Workbench counts a case as of interest when its outcome is at least the threshold, and throws a
# path away when its last box has a lower density: any number above 0 counts `True` and keeps all.
KEEP_ALL = 1e-6

MASK = (1 << 64) - 1
GRID = 1 << 20


def uniform(seed: int, stream: int, index: int) -> float:
    def mix(state: int, word: int) -> int:
        z = ((state ^ word) + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    return (mix(mix(mix(0, seed), stream), index) >> 11) / (1 << 53)


def on_grid(seed: int, stream: int, index: int) -> float:
    return math.floor(uniform(seed, stream, index) * GRID) / GRID


def planted(i: int):
    """One box in two of five inputs, with noise."""
    x = [on_grid(1, s, i) for s in range(5)]
    chance = 0.9 if x[0] < 0.4 and x[1] > 0.6 else 0.05
    return dict(zip(["x0", "x1", "x2", "x3", "x4"], x)), uniform(1, 5, i) < chance


def curved(i: int):
    """A corner and a region with a curved boundary, on inputs of different size."""
    u = [on_grid(2, s, i) for s in range(6)]
    x = {"a": 8 * u[0] - 3, "b": 1024 * u[1], "c": u[2], "d": u[3], "e": u[4], "f": 16 * u[5] - 8}
    is_inside = (x["a"] < 0 and x["b"] < 320) or x["c"] * x["c"] + x["d"] * x["e"] > 1.125
    return x, uniform(2, 6, i) < (0.97 if is_inside else 0.02)


CHANNELS = ["envoy", "hotline", "letter", "press"]
REGIMES = ["closed", "open"]


def mixed(i: int):
    """Real, whole-number, categorical and constant inputs, and two regions."""
    u = [on_grid(3, s, i) for s in range(5)]
    channel = CHANNELS[math.floor(4 * u[2])]
    regime = REGIMES[math.floor(2 * u[3])]
    x = {
        "a": u[0],
        "stage": math.floor(8 * u[1]) - 2,
        "channel": channel,
        "regime": regime,
        "fixed": 1.5,
        "z": u[4],
    }
    is_inside = u[0] < 0.6 and x["stage"] >= 1 and channel in ("letter", "press")
    is_inside = is_inside or (x["stage"] < 1 and regime == "closed" and u[4] > 0.5)
    return x, uniform(3, 5, i) < (0.95 if is_inside else 0.04)


# name: (row, number of rows, boxes by covering, density asked for)
DATA = {
    "planted": (planted, 700, 1, 0.8),
    "curved": (curved, 900, 2, 0.75),
    "mixed": (mixed, 700, 2, 0.75),
}
RESAMPLES = {"planted": 10, "mixed": 10}
RESAMPLE_SEED = 7
# Smallest share of the rows in a leaf where depth is free. With less, leaves come so near to pure that
# several splits are equally good, and scikit-learn draws among them.
LEAST_LEAF = 0.15


def data(name: str):
    row, n, _, _ = DATA[name]
    rows = [row(i) for i in range(n)]
    rows.sort(key=lambda r: (*r[0].values(), r[1]))
    return pd.DataFrame([x for x, _ in rows]), np.array([y for _, y in rows])


def step(box, i: int) -> dict:
    at = box.peeling_trajectory.iloc[i]
    limits = {}
    for name, quasi_p in box.qp[i].items():
        lower, upper = box.box_lims[i][name]
        quasi_p = [None if p == -1 else float(p) for p in quasi_p]
        if isinstance(lower, set):
            limits[name] = {"labels": sorted(lower), "quasi_p": quasi_p[0]}
        else:
            limits[name] = {"limits": [float(lower), float(upper)], "quasi_p": quasi_p}
    return {
        "n": int(at["n"]),
        "k": int(at["k"]),
        "coverage": float(at["coverage"]),
        "density": float(at["density"]),
        "mass": float(at["mass"]),
        "restricted": limits,
    }


def chosen(path: list[dict], density: float) -> int:
    """Largest coverage among the dense enough; then fewest inputs, highest density, earliest."""
    dense = [i for i, at in enumerate(path) if at["density"] >= density]
    return max(
        dense,
        key=lambda i: (path[i]["coverage"], -len(path[i]["restricted"]), path[i]["density"], -i),
    )


def boxes(name: str) -> list[dict]:
    _, _, n_boxes, density = DATA[name]
    x, y = data(name)
    algorithm = ema_prim.Prim(x, y, threshold=KEEP_ALL)
    found = []
    for _ in range(n_boxes):
        box = algorithm.find_box()
        path = [step(box, i) for i in range(len(box.peeling_trajectory))]
        choice = chosen(path, density)
        found.append({"rows": len(box.yi_initial), "chosen": choice, "path": path})
        if len(found) == 1 and name in RESAMPLES:
            found[0]["resampled"] = resampled(box, choice, RESAMPLES[name], len(y))
        box.select(choice)
    return found


def resampled(box, choice: int, n_resamples: int, n: int) -> dict:
    """EMA Workbench's own count, on halves drawn by `uniform` instead of NumPy's generator."""
    stream = iter(range(n_resamples))

    def choice_of_rows(rows, size, replace):
        assert not replace
        s = next(stream)
        return np.array(sorted(rows, key=lambda r: uniform(RESAMPLE_SEED, s, int(r)))[:size])

    original = np.random.choice
    np.random.choice = choice_of_rows
    try:
        shares = box.resample(i=choice, iterations=n_resamples)
    finally:
        np.random.choice = original
    return {
        name: [float(row["reproduce coverage"]) / 100, float(row["reproduce density"]) / 100]
        for name, row in sorted(shares.iterrows())
    }


def other_objectives(name: str) -> dict:
    x, y = data(name)
    last = {}
    for kind in ("LENIENT2", "ORIGINAL"):
        objective = ema_prim.PRIMObjectiveFunctions[kind]
        box = ema_prim.Prim(x, y, threshold=KEEP_ALL, obj_function=objective).find_box()
        last[kind.lower()] = {"steps": len(box.qp), **step(box, len(box.qp) - 1)}
    return last


def tree(classifier, inputs: list[str], y, leaf_of_row) -> list:
    """Preorder: [input, threshold] or [input, label] for a split, [n, k] for a leaf."""
    t = classifier.tree_
    out = []
    for node in range(t.node_count):
        if t.children_left[node] == -1:
            inside = leaf_of_row == node
            out.append([int(inside.sum()), int(y[inside].sum())])
        else:
            name, *label = inputs[t.feature[node]].split(ema_cart.CART.sep)
            out.append([name, *(label or [float(t.threshold[node])])])
    return out


def trees(name: str) -> dict:
    x, y = data(name)
    from_ema = ema_cart.CART(x, y, mass_min=LEAST_LEAF)
    from_ema.build_tree()
    inputs, features = from_ema.feature_names, from_ema._x

    def of(classifier):
        return tree(classifier, inputs, y, classifier.apply(features.astype(np.float32)))

    found = {}
    for depth, least_leaf in ((3, 0.08), (4, 0.08), (None, LEAST_LEAF)):
        several = [
            of(
                DecisionTreeClassifier(
                    min_samples_leaf=int(least_leaf * len(y)), max_depth=depth, random_state=order
                ).fit(features, y)
            )
            for order in range(6)
        ]
        # No tie decides: the order in which scikit-learn tries the inputs makes no difference.
        assert all(one == several[0] for one in several), f"{name}: a tie decides"
        found[f"depth {depth}" if depth else "any depth"] = several[0]
    assert of(from_ema.clf) == found["any depth"], f"{name}: EMA Workbench's tree differs"
    if not any(x[c].dtype == object for c in x.columns):
        # EMA Workbench's boxes of the leaves; those of categorical inputs ignore "is this label".
        found["leaves"] = [
            {key: float(stats[key]) for key in ("coverage", "density", "mass")}
            for stats in from_ema.stats
        ]
    return found


def answers() -> dict:
    found = {"oracle": VERSIONS}
    for name in DATA:
        x, y = data(name)
        found[name] = {
            "rows": len(y),
            "of_interest": int(y.sum()),
            "prim": boxes(name),
            "objectives": other_objectives(name),
            "cart": trees(name),
        }
    return found


def written(value, depth: int = 0) -> str:
    """JSON with one step, node or number to a line."""
    is_deep = isinstance(value, (dict, list)) and len(json.dumps(value)) > 400
    if not is_deep:
        return json.dumps(value)
    pad, end = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        lines = [f"{pad}{json.dumps(k)}: {written(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + written(v, depth + 1) for v in value) + f"\n{end}]"


def differences(stored, computed, place: str = "") -> list[str]:
    if isinstance(stored, float) and isinstance(computed, float):
        off = abs(stored - computed)
        is_same = off <= TOLERANCE * max(abs(stored), abs(computed))
        return [] if is_same else [f"{place}: stored {stored!r}, computed {computed!r}"]
    if type(stored) is not type(computed):
        return [f"{place}: stored {stored!r}, computed {computed!r}"]
    if isinstance(stored, dict):
        if stored.keys() != computed.keys():
            return [f"{place}: stored keys {list(stored)}, computed {list(computed)}"]
        pairs = [(f"{place}/{k}", stored[k], computed[k]) for k in stored]
    elif isinstance(stored, list):
        if len(stored) != len(computed):
            return [f"{place}: stored {len(stored)} entries, computed {len(computed)}"]
        pairs = [(f"{place}/{i}", a, b) for i, (a, b) in enumerate(zip(stored, computed))]
    else:
        return [] if stored == computed else [f"{place}: stored {stored!r}, computed {computed!r}"]
    return [line for where, a, b in pairs for line in differences(a, b, where)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write ema.json")
    what.add_argument("--check", action="store_true", help="compare with ema.json")
    arguments = parser.parse_args()

    for package, wanted in VERSIONS.items():
        there = importlib.metadata.version(package)
        if there != wanted:
            print(f"{package} {there} is installed; {wanted} is asked for", file=sys.stderr)
            return 1
    # Through text, so that both sides of a comparison have been written and read.
    computed = json.loads(json.dumps(answers()))
    if arguments.write:
        ANSWERS.write_text(written(computed) + "\n")
        print(f"wrote {ANSWERS.name}")
        return 0
    found = differences(json.loads(ANSWERS.read_text()), computed)
    for line in found[:20]:
        print(line, file=sys.stderr)
    if found:
        print(f"{len(found)} answers of {ANSWERS.name} differ", file=sys.stderr)
        return 1
    print(f"{ANSWERS.name} is as computed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
