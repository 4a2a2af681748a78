"""The page Month: what a manager should know of a month, each finding with its interval."""
