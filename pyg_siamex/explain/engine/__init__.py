"""The engine: encode unions of graphs under gates, and find out properties of the encoder."""
