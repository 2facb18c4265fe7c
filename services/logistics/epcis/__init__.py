"""The trace graph as GS1 EPCIS 2.0 documents, out and in."""
