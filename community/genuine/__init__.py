"""Is this forward genuine? A public address for each announcement, three pictures to compare, a card to pass on."""
