"""What pages share: the frame, cards, tables, empty states, phrases."""
