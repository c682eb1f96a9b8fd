"""Ready sentences: Sentence, its slots, how they are said in each language; Filled, what was put into them."""
