"""The recipe for graphs of any files, from a function that reads them."""
