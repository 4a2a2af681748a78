"""Search: one field for patients, areas, protocols, lots and pages."""

from mesodash.ui.search import everything
from mesodash.ui.shell import context

everything.show(everything.ask(), context.catalogue(), context.actor())
