"""Courses: completion, intervals, who is due."""
