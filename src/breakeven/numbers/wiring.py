"""Which line needs which, by name: what is computed for a wish, in what order, and what is needed no longer after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

Step = tuple[str, tuple[str, ...]]  # a line, and the values that nothing needs after it


class Wiring:
    """The names that each line needs, its lines in an order in which they can be computed."""

    def __init__(self, needs: Mapping[str, tuple[str, ...]]) -> None:
        """Raises `graphlib.CycleError` for lines that need each other in a circle."""
        self.needs = {name: needs[name] for name in TopologicalSorter(needs).static_order() if name in needs}
        self._moved: dict[str, frozenset[str]] = {}
        self._ancestors: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}

    def ancestors(self, wanted: Iterable[str], given: Iterable[str] = ()) -> list[str]:
        """The lines to compute for `wanted`, in order; what is given is not computed and hides its needs."""
        asked = frozenset(wanted), frozenset(given)
        if asked not in self._ancestors:
            needed = {*asked[0]}
            for name in reversed(self.needs):
                if name in needed and name not in asked[1]:
                    needed.update(self.needs[name])
            self._ancestors[asked] = [name for name in self.needs if name in needed and name not in asked[1]]
        return self._ancestors[asked]

    def moved_by(self, name: str) -> frozenset[str]:
        """The lines that an input or a line enters, directly or through others."""
        if name not in self._moved:
            found = {name}
            for line, needs in self.needs.items():
                if not found.isdisjoint(needs):
                    found.add(line)
            self._moved[name] = frozenset(found - {name})
        return self._moved[name]

    def steps(self, wanted: tuple[str, ...], given: frozenset[str]) -> list[Step]:
        """The lines to compute, in order, each with the values to let go of after it."""
        order = self.ancestors(wanted, given)
        last_use = {need: name for name in order for need in self.needs[name]}
        return [
            (name, tuple(need for need in self.needs[name] if last_use[need] == name and need not in wanted))
            for name in order
        ]
