"""Operations: how each part of the system stands, for whoever keeps it running."""
