"""Parts that several pages use: words, tables, cards, the choice of areas."""
