"""Better words: what people would rather read where nobody of their language has checked a catalogue."""
