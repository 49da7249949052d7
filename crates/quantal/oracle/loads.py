#!/usr/bin/env python3
"""Loads what our writers wrote in pygambit and OpenSpiel, and compares the two.

    python loads.py

Takes the games of ../catalog and the texts of loads/ (where "gambit_…" is for pygambit alone). Where
both load a game, they must agree on its players, its information sets and on what each player expects
when everybody plays every action alike. Exit code 1 if a program refuses a file or they differ.

Needs pygambit; without OpenSpiel (pip install open_spiel) half of it is left out, with a notice.
"""

import pathlib
import sys

import pygambit as gbt

try:
    import pyspiel
except ImportError:
    pyspiel = None

HERE = pathlib.Path(__file__).resolve().parent
# Sums of up to a few thousand floats, relative to the largest payoff.
TOLERANCE = 1e-12
# OpenSpiel's reader of strategic games takes the number of strategies, not their names.
NUMBERED = "numbered"


def by_gambit(path: pathlib.Path) -> dict:
    game = gbt.read_nfg(str(path)) if path.suffix == ".nfg" else gbt.read_efg(str(path))
    even = game.mixed_behavior_profile() if game.is_tree else game.mixed_strategy_profile()
    return {
        "players": len(game.players),
        "information sets": len(game.infosets) if game.is_tree else len(game.players),
        "values": [float(even.payoff(player)) for player in game.players],
    }


def by_open_spiel(path: pathlib.Path) -> dict:
    text = path.read_text()
    game = pyspiel.load_nfg_game(text) if path.suffix == ".nfg" else pyspiel.load_efg_game(text)
    if path.suffix == ".nfg":
        game = pyspiel.convert_to_turn_based(game)
    seen = set()

    def value(state) -> list[float]:
        if state.is_terminal():
            return list(state.returns())
        if state.is_chance_node():
            draws = state.chance_outcomes()
        else:
            seen.add((state.current_player(), state.information_state_string()))
            actions = state.legal_actions()
            draws = [(action, 1 / len(actions)) for action in actions]
        children = [(p, value(state.child(action))) for action, p in draws]
        return [sum(p * v[i] for p, v in children) for i in range(game.num_players())]

    values = value(game.new_initial_state())
    return {"players": game.num_players(), "information sets": len(seen), "values": values}


def differences(a: dict, b: dict) -> list[str]:
    found = [f"{key}: {a[key]} and {b[key]}" for key in ("players", "information sets") if a[key] != b[key]]
    scale = max([1.0, *map(abs, a["values"])])
    off = max((abs(x - y) for x, y in zip(a["values"], b["values"])), default=0.0)
    return found + ([f"values differ by {off:.1e}"] if off > TOLERANCE * scale else [])


def main() -> int:
    if pyspiel is None:
        print("OpenSpiel is not here: what it reads is not checked")
    paths = [p for f in (HERE / "loads", HERE.parent / "catalog") for p in sorted(f.iterdir())]
    paths = [p for p in paths if p.suffix in (".efg", ".nfg")]
    failures, n_both = 0, 0
    for path in paths:
        try:
            found = by_gambit(path)
        except Exception as error:
            print(f"{path.name}: pygambit says {error}")
            failures += 1
            continue
        is_named = path.suffix == ".nfg" and NUMBERED not in path.stem
        if pyspiel is None or path.stem.startswith("gambit_") or is_named:
            continue
        try:
            differ = differences(found, by_open_spiel(path))
        except Exception as error:
            differ = [f"OpenSpiel says {str(error).splitlines()[0]}"]
        n_both += 1
        failures += bool(differ)
        for words in differ:
            print(f"{path.name}: {words}")
    print(f"{len(paths)} files in pygambit, {n_both} of them in OpenSpiel, {failures} refused or different")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
