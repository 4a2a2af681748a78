"""Side effects: how often, how long."""
