"""The parts of the review pages: what each shows, and what all of them share."""
