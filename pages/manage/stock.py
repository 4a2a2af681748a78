"""Stock: what came in, what is left, what may not be used, and who had a lot."""

from mesodash.ui.shell import context
from mesodash.ui.stock import overview

ACTOR = context.actor()
TODAY = context.today()
ITEMS = overview.read(ACTOR)
overview.show_list(ITEMS, TODAY)
overview.show_entries(ACTOR, TODAY)
overview.show_new(ACTOR, TODAY)
overview.show_change(ACTOR, ITEMS, TODAY)
overview.show_recall(context.catalogue(), ACTOR, ITEMS)
