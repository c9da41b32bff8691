"""Tables of pairs explained: many pairs in, a row for each pair out."""
