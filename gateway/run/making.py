"""What one step would write, made the same way when it is planned, written and proved.

It fetches what the two systems agreed and hands it to the pure half. Which way is home follows
from where the log came from, never from the name of the plan.
"""

from dataclasses import dataclass, replace

from gateway.effects.route import Route
from gateway.plan.draft import Reading, Standing, read
from gateway.run.agreed import Agreed, ids_of


@dataclass(frozen=True, slots=True)
class Maker:
    """Reads documents of one route's source. `kind` is the plan's: a version that is brought back
    (`hent`) returns to the very system it stood in."""

    route: Route
    kind: str

    def home(self, agreed: Agreed | None) -> bool:
        """True when the log came from the target: nothing is widened there and nothing is new."""
        if self.kind == "hent":
            return True
        return agreed is not None and agreed.origin == self.route.target_name

    def reading(
        self,
        body: bytes,
        agreed: Agreed | None,
        *,
        home: bool,
        promised: str | None = None,
        mends: bool = False,
    ) -> Reading:
        """The document with what it is restored from or laid upon. `promised` is the payload of
        what an earlier run was to write home, where the target did not keep it; with `mends`, what
        it did not keep is written anew, as a repair does. Raises Rejected."""
        if agreed is None:
            return read(self.route.pair, body)
        standing = self.standing(agreed)
        if home and promised is not None:
            standing = replace(standing, target=self.route.store.get(promised), target_ids={})
        made = read(self.route.pair, body, standing, home=home)
        return replace(made, mending=mends or self.kind == "reparer")

    def standing(self, agreed: Agreed) -> Standing:
        """Both sides' documents as they last agreed, opened."""
        route = self.route
        source, target = agreed.of(route.source_name), agreed.of(route.target_name)
        opened = route.store.get_many([source.doc, target.doc])
        return Standing(
            opened[source.doc],
            opened[target.doc],
            ids_of(route.store, source.ids),
            ids_of(route.store, target.ids),
        )
