"""Layer-wise relevance propagation: what every node gives to every embedding coordinate."""
